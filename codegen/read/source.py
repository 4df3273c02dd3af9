"""Sources and the places in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Source:
    """The text of one file of a design, and the name that people are shown for it."""

    name: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends, broken where the YAML parser breaks them."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source.  Lines and columns count characters from one; the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def inner(self, start: int, end: int) -> Span:
        """The part between two offsets from the start, all on the first line."""
        first = self.column + start
        return Span(self.source, self.line, first, self.line, self.column + end)

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"
