"""From texts to a PDF that lasts and that everybody can read: tagged PDF/A-2a and PDF/UA-1.

The typesetter is an optional extra (``reports``); it is imported where there is work for it.  It
uses the fonts that come with it and no others, so the same content is the same file everywhere.
What those fonts do not have, and what does not print, is spelt out by its number: ``<U+4E2D>``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias

Content: TypeAlias = "Mapping[str, Content] | Sequence[Content] | str"

STANDARDS: Final = ("a-2a", "ua-1")
SPELT_OUT: Final = (
    "Characters that do not print, or that the fonts of this document do not have, are given by"
    " their numbers in Unicode, such as <U+4E2D>."
)
PROBE: Final = b"""
#set document(title: "x")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
= x
#sys.inputs.text
"""
"""Shows one text in the fonts that templates use."""


def available() -> bool:
    """Tell whether the typesetter is installed."""
    return find_spec("typst") is not None


def told() -> str:
    """Say whether there are reports, to an operator."""
    if available():
        return "written about every deletion"
    return "NOT written about deletions: the typesetter is missing; install the extra reports"


def typeset(template: Path, content: Mapping[str, Content], *, at: datetime) -> bytes:
    """Set a template with its content; blocks for a fraction of a second.

    The template finds the content as JSON in ``sys.inputs.content``, and in ``sys.inputs.note`` a
    sentence about what had to be spelt out, or nothing.  The same arguments give the same bytes.
    """
    content, spelt = _without(content, set())
    from typst import TypstError

    try:
        return _compiled(template, content, spelt, at)
    except TypstError:
        foreign = {each for each in _texts(content) if not each.isascii()}
        if not foreign:
            raise
    content, _ = _without(content, {each for each in foreign if not _shows(each)})
    try:
        return _compiled(template, content, True, at)
    except TypstError:
        # Some of those that show alone do not show beside one another.
        content, _ = _without(content, foreign)
        return _compiled(template, content, True, at)


def _compiled(template: Path, content: Mapping[str, Content], spelt: bool, at: datetime) -> bytes:
    inputs = {"content": json.dumps(content), "note": SPELT_OUT if spelt else ""}
    return _pdf(template.read_bytes(), inputs, at)


def _pdf(source: bytes, inputs: dict[str, str], at: datetime | None = None) -> bytes:
    import typst

    document = typst.compile(
        source,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=list(STANDARDS),
        sys_inputs=inputs,
        timestamp=None if at is None else int(at.timestamp()),
    )
    assert isinstance(document, bytes)
    return document


@lru_cache(maxsize=10_000)
def _shows(character: str) -> bool:
    """Tell whether a character can be shown at all; the typesetter does not say it otherwise."""
    from typst import TypstError

    try:
        _pdf(PROBE, {"text": character})
    except TypstError:
        return False
    return True


def _without(content: Mapping[str, Content], lacking: set[str]) -> tuple[dict[str, Content], bool]:
    """Spell out what cannot be shown, and tell whether there was any of it."""
    spelt = False

    def spell(value: Content) -> Content:
        nonlocal spelt
        if isinstance(value, Mapping):
            return {name: spell(each) for name, each in value.items()}
        if not isinstance(value, str):
            return [spell(each) for each in value]
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\t", " "))
        shown = "".join(
            each
            if each == "\n" or (each.isprintable() and each not in lacking)
            else f"<U+{ord(each):04X}>"
            for each in text
        )
        spelt = spelt or shown != text
        return shown

    return {name: spell(each) for name, each in content.items()}, spelt


def _texts(content: Content) -> str:
    if isinstance(content, str):
        return content
    return "".join(map(_texts, content.values() if isinstance(content, Mapping) else content))
