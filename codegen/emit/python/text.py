"""Text of a design inside Python source, where it must never become code."""

from __future__ import annotations

import re
import textwrap

WIDTH = 100
"""How many columns generated Python has."""

_TEXT_MARKS = (" ", "\t", "#", "|", "-", "*", ">", "`")


def docstring(text: str, indent: int = 0) -> str:
    """Return a text as a docstring, to stand at a place that is indented already.

    ``indent`` is how many columns that place is indented: following lines are too.
    """
    lines = _wrapped(sentence(text), WIDTH - indent - len('""""""'))
    prefix, escaped = _escaped("\n".join(lines))
    body = escaped.split("\n")
    if len(body) == 1:
        return f'{prefix}"""{body[0]}"""'
    margin = " " * indent
    rest = (f"{margin}{line}" if line else "" for line in body[1:])
    return "\n".join([f'{prefix}"""{body[0]}', *rest, f'{margin}"""'])


def sentence(text: str) -> str:
    """Return a text whose first paragraph ends like a sentence."""
    first, gap, rest = text.strip().partition("\n\n")
    if first and first[-1].isalnum():
        first += "."
    return first + gap + rest


def literal(value: str | int | float | bool | None) -> str:
    """Return a plain value as a Python literal."""
    return repr(value)


def _wrapped(text: str, width: int) -> list[str]:
    """Fill paragraphs that are too wide; what is laid out by hand stays as it is."""
    paragraphs = (paragraph.split("\n") for paragraph in re.split(r"\n[^\S\n]*\n", text))
    return "\n\n".join("\n".join(_filled(lines, width)) for lines in paragraphs).split("\n")


def _filled(lines: list[str], width: int) -> list[str]:
    by_hand = any(line.startswith(_TEXT_MARKS) for line in lines)
    if by_hand or all(len(line) <= width for line in lines):
        return [line.rstrip() for line in lines]
    text = " ".join(lines)
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _escaped(text: str) -> tuple[str, str]:
    """Return the prefix and the inside of a triple-quoted literal for a text."""
    plain = all(c.isprintable() or c == "\n" for c in text) and '"""' not in text
    if plain and not text.endswith(('"', "\\")):
        return ("r" if "\\" in text else ""), text
    text = text.replace("\\", "\\\\").replace('"', r"\"")
    return "", "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
