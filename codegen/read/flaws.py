"""What can be wrong with a file before its meaning is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from codegen.read.source import Span

FlawCode = Literal[
    "alias",
    "control-character",
    "declared-twice",
    "duplicate-key",
    "merge-key",
    "not-a-mapping",
    "not-utf-8",
    "odd-key",
    "second-document",
    "tag",
    "too-deep",
    "unreadable",
    "yaml-syntax",
]

SURVIVABLE: frozenset[FlawCode] = frozenset(
    ["declared-twice", "duplicate-key", "merge-key", "odd-key", "tag"]
)
"""Flaws that leave the rest of a tree as it was meant, so that the rest can be checked as well."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong, at its place.

    ``values`` fill the sentence that ``codegen.check`` has for the code.  ``first`` is the other
    place a flaw may have: where a name had been declared before.  ``help`` says what to do about
    this very case, where more is known than the code alone says.
    """

    code: FlawCode
    span: Span
    values: Mapping[str, str] = field(default_factory=dict)
    first: Span | None = None
    help: str = ""
