"""A JSON value as YAML, for people to read and for every parser to read alike.

YAML 1.1 takes ``on`` for a truth and ``1_0`` for a number, YAML 1.2 takes ``1e3`` and ``0o17`` for
numbers: a text stands without quotes only if it is plain prose or a plain name in both.  Emitting
is a fifth of what a general library needs, and the time of a whole generation depends on it.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

_WIDTH = 100

# It begins with no indicator and no digit; a colon or a hash in it has no space where it would mean something.
_PLAIN = re.compile(
    r"[A-Za-z/$](?:[\w ,.;()/'+*?!=$@%&<>|~^`-]|:(?=[^\s:])|(?<=\S)#)*(?<! )", re.ASCII
)
_TRUTHS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(value: Any) -> str:
    """Return a JSON value as one YAML document, in its own order."""
    lines: list[str] = []
    if _is_nested(value):
        _write(value, "", "", lines)
    else:
        lines.append(_scalar(value, ""))
    return "\n".join(lines) + "\n"


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _write(value: dict[str, Any] | list[Any], first: str, indent: str, lines: list[str]) -> None:
    """Write a mapping or a sequence that is not empty; ``first`` begins the first line."""
    # What is inside a sequence begins behind its dash; a sequence in a mapping is not indented.
    deeper = indent + "  "
    for head, item in _entries(value):
        if not _is_nested(item):
            lines.append(f"{first}{head} {_scalar(item, indent)}")
        elif head == "-":
            _write(item, f"{first}- ", deeper, lines)
        else:
            lines.append(first + head)
            inside = indent if isinstance(item, list) else deeper
            _write(item, inside, inside, lines)
        first = indent


def _entries(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield what begins each entry, a key or a dash, and its value."""
    if isinstance(value, dict):
        return ((f"{_key(key)}:", item) for key, item in value.items())
    return (("-", item) for item in value)


def _key(text: str) -> str:
    return text if _is_plain(text) else _quoted(text)


def _scalar(value: Any, indent: str) -> str:
    if isinstance(value, float) and "." not in repr(value):
        # Without a fraction, an exponent makes no number in YAML 1.1.
        return repr(value).replace("e", ".0e")
    if not isinstance(value, str):
        return json.dumps(value)
    if "\n" in value:
        return _literal(value, indent + "  ") if _fits_block(value) else _quoted(value)
    if len(value) > _WIDTH - len(indent) and _fits_block(value) and "  " not in value:
        return _folded(value, indent + "  ")
    return value if _is_plain(value) else _quoted(value)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _TRUTHS


def _fits_block(text: str) -> bool:
    """Tell whether a text can stand on lines of its own, where nothing has to be escaped."""
    lines = text.split("\n")
    return text == text.strip() and all(
        line.isprintable() and line == line.rstrip() for line in lines
    )


def _literal(text: str, indent: str) -> str:
    lines = (f"{indent}{line}" if line else "" for line in text.split("\n"))
    return "\n".join(["|-", *lines])


def _folded(text: str, indent: str) -> str:
    lines = textwrap.wrap(
        text,
        _WIDTH - len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join([">-", *(f"{indent}{line}" for line in lines)])


def _quoted(text: str) -> str:
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if not inside.isprintable():
        inside = "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in inside)
    return f'"{inside}"'
