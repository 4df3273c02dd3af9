"""Names in other cases."""

from __future__ import annotations

import re

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """``BBQBakedEvent`` -> ``bbq_baked_event``; an acronym is one word."""
    return _WORD_END.sub("_", name).replace("-", "_").lower()


def pascal_case(name: str) -> str:
    """``show_loaf`` -> ``ShowLoaf``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def constant_case(text: str) -> str:
    """``in progress`` -> ``IN_PROGRESS``; empty when the text has no letter and no digit."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")
