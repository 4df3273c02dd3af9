"""Texts that every database can keep."""

from __future__ import annotations

from typing import Final

from generated.storage.errors import NotValid

NUL: Final = "\0"
"""The one character of Unicode that PostgreSQL keeps in no text."""


def kept(name: str, text: str) -> str:
    """Return a text of a caller that is to enter a row.

    Raises:
        NotValid: Not every database would keep it; with none of them it is taken.
    """
    if NUL in text:
        raise NotValid(f"{name} cannot hold the character U+0000")
    return text
