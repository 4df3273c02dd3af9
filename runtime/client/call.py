"""One call of an operation: what is sent, and what may come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from runtime.errors import ServiceError
from runtime.model import ABSENT

T = TypeVar("T")

Values: TypeAlias = Mapping[str, object]
"""Parameters by their names on the wire; one that is ``None`` is left out."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and its possible answers.

    ``template`` is the path, with the names of its parameters in braces.  ``status`` is that of
    success, ``returns`` the type of its JSON document (``None`` where there is none), ``errors``
    are those that the operation declares.  A ``body`` that is ``None`` is sent, as ``null``.
    """

    method: str
    template: str
    _: KW_ONLY
    path: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    header: Values = field(default_factory=dict)
    cookie: Values = field(default_factory=dict)
    body: object = ABSENT
    status: int
    returns: Any = None
    errors: tuple[type[ServiceError], ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket for one upgrade or one download, and the name of the cookie that carries it."""

    cookie: str
    value: str = field(repr=False)
