"""How a row of the table of operations is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final
from uuid import UUID

NOBODY: Final = "99999999-9999-4999-8999-999999999999"
NIL: Final = str(UUID(int=0))
SHELF: Final = "shelf"
ANYTHING: Final = ("*",)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What somebody does with the same package."""

    operation: str
    body: Any = None
    by: str = "somebody else"


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a body may speak of: what the path names, and a new location."""

    uuid: str
    shelf: str


@dataclass(frozen=True)
class Row:
    """One request, and what comes of it.

    ``about`` is what the UUID in the path names: a new package in that status, a new location
    (``SHELF``), or else the text itself.  A ``body`` may be a function of :class:`Names`.  ``may``
    are the attributes of the caller; None is no credential at all.  ``before`` happens first, and
    ``meanwhile`` after a ticket was issued and before it is used.
    """

    operation: str
    status: int
    says: str
    about: str = "stored"
    _: KW_ONLY
    body: Any | Callable[[Names], Any] = None
    raw: bytes | None = None
    media_type: str = "application/json"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    """The bytes of the package, in the internal location."""
    may: tuple[str, ...] | None = ANYTHING
    by: str = "the caller"
    before: tuple[Step, ...] = ()
    meanwhile: tuple[Step, ...] = ()
    message: str = ""
    """A part of what the error says."""
    fault: bool = False
    """The service itself fails."""
    ticket_anyway: bool = False
    """The ticket is issued, whatever the operation that does so would say."""

    def __str__(self) -> str:
        return f"{self.operation} {self.status}: {self.says}"
