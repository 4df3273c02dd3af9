"""What the design says in words for people."""

from __future__ import annotations

import re
import textwrap

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])|\n\s*\n")

# Whoever begins a line with one of these has laid it out by hand.
_LAID_OUT = (" ", "\t", "#", "|", "-", "*", ">", "`", "@")


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, on one line and without its full stop."""
    sentence = _SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    return " ".join(sentence.split()).removesuffix(".")


def described(text: str) -> dict[str, str]:
    """Return what a document says of something: a summary, and all of it if that is more."""
    if not text.strip():
        return {}
    said = {"summary": first_sentence(text)}
    if len(_SENTENCE_END.split(text.strip(), maxsplit=1)) > 1:
        said["description"] = text.strip()
    return said


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, its paragraphs broken at a width.

    Lines that were laid out by hand, such as lists and code, stay as they are.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    for line in [*text.strip().splitlines(), ""]:
        if line.strip() and not line.startswith(_LAID_OUT):
            paragraph.append(line.strip())
            continue
        lines += _broken(" ".join(paragraph), width)
        paragraph = []
        lines.append(line.rstrip())
    return lines[:-1]


def _broken(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
