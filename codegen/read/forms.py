"""Type expressions as they were written: names not yet looked up, each with its place."""

from __future__ import annotations

from typing import NamedTuple

from codegen.read.source import Span
from codegen.read.tree import Node


class Name(NamedTuple):
    """A word that stands for something, and where it was written."""

    text: str
    span: Span

    def __str__(self) -> str:
        return self.text


class Named(NamedTuple):
    """A scalar or a named type, or one of its views."""

    name: Name
    view: Name | None = None


class Listed(NamedTuple):
    """``list[item]``."""

    item: TypeForm


class Mapped(NamedTuple):
    """``map[str, value]``."""

    value: TypeForm


class Constant(NamedTuple):
    """Exactly one value."""

    value: Node


class Unreadable:
    """What stands here was refused already; nobody asks about it again."""


class Bound(NamedTuple):
    """``min``, ``max``, ``pattern`` or ``nil``, as written on a long form."""

    name: Name
    value: Node


class TypeForm(NamedTuple):
    """A type where it is used."""

    core: Named | Listed | Mapped | Constant | Unreadable
    span: Span
    nullable: bool = False
    bounds: tuple[Bound, ...] = ()
