"""The declaration tree: what a design says, before anybody asks whether it makes sense.

Three kinds of node are enough, and each knows its place.  YAML files are read into this tree;
so is whatever else will describe a design (a Python module, say).  Two trees that say the same are
equal, wherever their words stand: spans take no part in the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from codegen.read.source import Span

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value without parts.

    ``text`` is the value as written, without quotes.  ``offset`` is where the text starts in the
    span, ``None`` when the two do not match character by character (escapes, several lines).
    """

    value: Plain
    text: str
    span: Span = field(compare=False, repr=False)
    offset: int | None = field(default=None, compare=False, repr=False)

    def part(self, start: int, end: int) -> Span:
        """The place of ``text[start:end]``, or of the whole value where that cannot be told."""
        if self.offset is None:
            return self.span
        return self.span.inner(self.offset + start, self.offset + end)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys and values, in the order of the source.  ``flow`` is whether braces enclose them."""

    entries: tuple[Entry, ...]
    span: Span = field(compare=False, repr=False)
    flow: bool = field(default=False, compare=False, repr=False)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def get(self, name: str) -> Node | None:
        """The value of a key, ``None`` if it is not there."""
        return next((entry.value for entry in self.entries if entry.key.text == name), None)


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """Values, in the order of the source."""

    items: tuple[Node, ...]
    span: Span = field(compare=False, repr=False)


Node = ScalarNode | MappingNode | SequenceNode
