"""Names in other cases."""

from __future__ import annotations

import re

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAK = re.compile(r"[^A-Za-z0-9]+")


def snake_case(name: str) -> str:
    """``BBQBakedEvent`` -> ``bbq_baked_event``; an acronym is one word."""
    return _WORD_END.sub("_", name).replace("-", "_").lower()


def pascal_case(name: str) -> str:
    """``show_loaf`` -> ``ShowLoaf``, ``very tight`` -> ``VeryTight``."""
    return "".join(word[:1].upper() + word[1:] for word in _BREAK.split(name))


def constant_case(text: str) -> str:
    """``in progress`` -> ``IN_PROGRESS``; empty when the text has no letter and no digit."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def union_name(service: str) -> str:
    """``corner_shop`` -> ``CornerShopEvent``, the type of all events of a service."""
    return pascal_case(service) + "Event"


def operation_id(service: str, name: str) -> str:
    """``bakery`` and ``show_loaf`` -> ``bakery_show_loaf``, what documents call it."""
    return f"{service}_{name}"
