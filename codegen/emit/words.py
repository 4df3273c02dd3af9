"""Names, as documents and clients of other languages write them."""

from __future__ import annotations

import re

from codegen.model.names import pascal_case

_BREAK = re.compile(r"[^A-Za-z0-9]+")


def camel(name: str) -> str:
    """Join the words of a name, each but the first with a capital: ``bake_loaf``, ``bakeLoaf``."""
    joined = pascal_case(name)
    return joined[:1].lower() + joined[1:]


def kebab(name: str) -> str:
    """Join the words of a name with hyphens, in small letters."""
    return "-".join(word.lower() for word in _BREAK.split(name) if word)
