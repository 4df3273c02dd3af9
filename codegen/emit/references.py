"""Which shared parts of a document the rest of it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def used(parts: dict[str, Any], prefix: str, *roots: Any) -> dict[str, Any]:
    """Keep the parts that the roots refer to, themselves or through other parts.

    A reference is ``{"$ref": prefix + name}``.  The parts keep their order.
    """
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        for reference in _references(waiting.pop()):
            name = reference.removeprefix(prefix)
            if name in parts and name != reference and name not in reached:
                reached.add(name)
                waiting.append(parts[name])
    return {name: part for name, part in parts.items() if name in reached}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
