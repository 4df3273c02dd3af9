"""What is said about a design: kinds of diagnostics, and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codegen.read import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the catalogue.

    ``message`` and ``help`` are templates for ``str.format``; ``doc`` is what ``codegen explain``
    says: why the rule is there, and what to do.
    """

    code: str
    message: str
    help: str = ""
    doc: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """Another place that a diagnostic is about, and what it has to do with it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to say about a design, at its place."""

    code: str
    severity: Severity
    span: Span
    message: str
    help: str = ""
    notes: tuple[Note, ...] = ()
