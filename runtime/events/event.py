"""An event: as the design has it, and as the log keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple, Self

from runtime.model import Model


class Event(Model):
    """The base of every generated event."""

    # Any, and not str: a subclass narrows it to its one text, by which type checkers tell events
    # apart, and may only do so to a class variable of no type.
    tag: ClassVar[Any]
    """The event's name on the wire, a text."""
    subject_field: ClassVar[str | None] = None
    """The field that says what the event is about, if one does."""


def subject_of(event: Event) -> str | None:
    """Return what the event is about, as text.

    A function, not an attribute: a design may well call a field ``subject``.
    """
    field = type(event).subject_field
    if field is None or (value := getattr(event, field)) is None:
        return None
    return str(value)


class EventPosition(NamedTuple):
    """A place in a log: how far something has got.

    The epoch is the log's own (milliseconds at its creation, raised after a restore), so that a
    position of another database is not taken for one of this.
    """

    epoch: int
    position: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what :meth:`__str__` wrote.

        Raises:
            ValueError: Nothing of ours was ever written like this.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError("not a position")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.epoch}-{self.position}"


_NUMBER: Final = "(0|[1-9][0-9]{0,18})"
_WRITTEN: Final = re.compile(f"{_NUMBER}-{_NUMBER}")
"""Numbers that a database's 64 bits hold, each written in the one way it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as the log keeps it.  ``payload`` is its JSON, encoded once and never decoded."""

    stream: str
    position: int
    tag: str
    subject: str | None
    payload: bytes
    actor: str
    operation: str
    recorded_at: datetime
