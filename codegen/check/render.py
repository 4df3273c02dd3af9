"""Diagnostics as text for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Literal

from codegen.check.diagnostics import Diagnostic
from codegen.read import Span

Role = Literal["error", "warning", "note", "help", "frame", "message"]
Paint = Callable[[Role, str], str]


def plain_paint(role: Role, text: str) -> str:
    """Leave a text as it is."""
    return text


def render(diagnostics: Iterable[Diagnostic], paint: Paint = plain_paint) -> str:
    """Write diagnostics with the lines they are about, and how many there are at the end.

    Args:
        diagnostics: What to write, in this order.
        paint: Puts colour around a piece of text, by the part it plays.
    """
    found = tuple(diagnostics)
    if not found:
        return ""
    blocks = [render_one(diagnostic, paint) for diagnostic in found]
    return "\n".join([*blocks, f"{_summary(found)}\n"])


def render_one(diagnostic: Diagnostic, paint: Paint = plain_paint) -> str:
    """Write one diagnostic: what, where, the line with the place underlined, and advice."""
    label = f"{diagnostic.severity}[{diagnostic.code}]"
    head = paint(diagnostic.severity, label) + paint("message", f": {diagnostic.message}")
    spans = [diagnostic.span, *(note.span for note in diagnostic.notes)]
    margin = len(str(max(span.line for span in spans)))
    lines = [head, *_excerpt(diagnostic.span, "-->", "^", "", margin, diagnostic.severity, paint)]
    for note in diagnostic.notes:
        lines += _excerpt(note.span, ":::", "-", note.text, margin, "note", paint)
    if diagnostic.help:
        lines.append(f"{' ' * margin} {paint('frame', '=')} {paint('help', 'help')}: ")
        lines[-1] += diagnostic.help
    return "\n".join(lines) + "\n"


def _excerpt(
    span: Span, arrow: str, mark: str, label: str, margin: int, role: Role, paint: Paint
) -> list[str]:
    blank = " " * margin
    lines = span.source.lines
    text = lines[span.line - 1] if span.line <= len(lines) else ""
    result = [f"{blank}{paint('frame', arrow)} {span}"]
    if text.strip():
        start = _width(text[: span.column - 1])
        length = max(_width(_marked(span, text)), 1)
        under = " " * start + paint(role, f"{mark * length} {label}".rstrip())
        bar = paint("frame", "|")
        number = paint("frame", f"{span.line:>{margin}}")
        result += [f"{blank} {bar}", f"{number} {bar} {_shown(text)}", f"{blank} {bar} {under}"]
    return result


def _marked(span: Span, text: str) -> str:
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    return text[span.column - 1 : end].rstrip()


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).rstrip()


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _summary(found: tuple[Diagnostic, ...]) -> str:
    errors = sum(d.severity == "error" for d in found)
    warnings = len(found) - errors
    parts = [_count(errors, "error"), _count(warnings, "warning")]
    return ", ".join(part for part in parts if part)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
