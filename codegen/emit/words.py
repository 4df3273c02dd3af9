"""Names, as documents and clients of other languages write them."""

from __future__ import annotations

import re

_BREAK = re.compile(r"[^A-Za-z0-9]+")


def pascal(name: str) -> str:
    """Join the words of a name, each with a capital: ``very tight`` makes ``VeryTight``."""
    return "".join(word[:1].upper() + word[1:] for word in _BREAK.split(name))


def camel(name: str) -> str:
    """Join the words of a name, each but the first with a capital: ``bake_loaf``, ``bakeLoaf``."""
    joined = pascal(name)
    return joined[:1].lower() + joined[1:]


def kebab(name: str) -> str:
    """Join the words of a name with hyphens, in small letters."""
    return "-".join(word.lower() for word in _BREAK.split(name) if word)
