"""Values on their way into a request."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from urllib.parse import quote

from pydantic_core import to_json

from runtime.model import Model


def text(value: object) -> str:
    """Return a parameter as it stands in a path, a query string or a header.

    Raises:
        ValueError: A point in time without an offset, which could be any.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return text(value.value)
        case datetime():
            if value.utcoffset() is None:
                raise ValueError(f"{value} needs an offset from UTC")
            return value.isoformat().replace("+00:00", "Z")
        case bytes():
            return b64encode(value).decode()
        case _:
            return str(value)


def fill(path: str, values: Mapping[str, object]) -> str:
    """Return a path with its parameters filled in: ``/a/{b}`` and ``{"b": "x/y"}`` are ``/a/x%2Fy``."""
    return path.format_map({name: quote(text(value), safe="") for name, value in values.items()})


def pairs(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return parameters as names and texts; ``None`` is left out, a list is repeated."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if value is None:
            continue
        items: Iterable[object] = value if isinstance(value, list | tuple) else (value,)
        found += [(name, text(item)) for item in items]
    return found


def document(value: object) -> bytes:
    """Return a body as JSON."""
    return value.to_json() if isinstance(value, Model) else to_json(value, by_alias=True)
