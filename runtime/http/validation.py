"""What is wrong with a request's values, in words for people.

Every mistake is told, in one message.  Names and texts follow the wire contract, section 2.1, so
that a client which tells them apart keeps working.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from pydantic_core import ErrorDetails

from runtime.http.errors import RequestRefused

SHOWN: Final = 200
"""How many characters of a wrong value are repeated in the message."""


class Rank(IntEnum):
    """What is told first: the first mistake names the error."""

    UNREADABLE = 0
    MISSING = 1
    WRONG = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a request."""

    name: str
    message: str
    rank: Rank = Rank.WRONG


def refused(mistakes: Iterable[Mistake], status: int = 400) -> RequestRefused:
    """Join mistakes into one error: what cannot be read, what is missing, then as they come."""
    ordered = sorted(mistakes, key=lambda mistake: mistake.rank)
    return RequestRefused(status, ordered[0].name, "; ".join(each.message for each in ordered))


def missing(name: str, place: str) -> Mistake:
    """A required value that is not there; ``place`` is ``body``, ``query string``..."""
    return Mistake("missing_field", f"{quoted(name)} is missing from {place}", Rank.MISSING)


def wrong_type(name: str, value: str, expected: str) -> Mistake:
    """A parameter that cannot be read as what it is; ``expected`` is ``integer``..."""
    return Mistake(
        "invalid_field_type",
        f"invalid value {quoted(value)} for {quoted(name)}, must be a {expected}",
    )


def wrong_format(name: str, value: object, expected: str, reason: str = "") -> Mistake:
    """A text that is not of its format; ``expected`` is ``uuid``, ``date-time``..."""
    return Mistake(
        "invalid_format",
        f"{name} must be formatted as a {expected} but got value {quoted(value)}"
        + (f", {reason}" if reason else ""),
    )


def holds_nul(name: str) -> Mistake:
    """A text with a character that PostgreSQL cannot keep, and so is refused everywhere."""
    return Mistake("invalid_format", f"{name} must not hold the character U+0000")


def unreadable(message: str) -> Mistake:
    """A body that cannot be read, or a value in it of another JSON type than is asked for."""
    return Mistake("decode_payload", message, Rank.UNREADABLE)


def mistake(name: str, error: ErrorDetails) -> Mistake:
    """Say what pydantic found wrong with the value called ``name``."""
    kind, value = error["type"], error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind in _TYPES:
        return unreadable(f"{name} must be {_TYPES[kind]}")
    if kind in _FORMATS:
        return wrong_format(name, value, _FORMATS[kind], _reason(error))
    if kind in ("enum", "literal_error"):
        allowed = ", ".join(quoted(each) for each in _expected(context["expected"]))
        return Mistake(
            "invalid_enum_value",
            f"value of {name} must be one of {allowed} but got value {quoted(value)}",
        )
    if kind == "string_pattern_mismatch":
        return Mistake(
            "invalid_pattern",
            f"{name} must match the regexp {quoted(context['pattern'])}"
            f" but got value {quoted(value)}",
        )
    if kind in _LENGTHS:
        key, relation = _LENGTHS[kind]
        # Without the value: where it has a length and nothing else, it may be a secret.
        return Mistake(
            "invalid_length",
            f"length of {name} must be {relation} than {context[key]} but it is {len(value)}",
        )
    if kind in _RANGES:
        key, relation = _RANGES[kind]
        return Mistake(
            "invalid_range",
            f"{name} must be {relation} than {context[key]} but got value {quoted(value)}",
        )
    if kind.startswith("union_tag"):
        return unreadable(f"{name}: {error['msg']}")
    return Mistake("invalid_format", f"{name}: {error['msg']}")


def quoted(value: object) -> str:
    """Return a value as JSON, shortened if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def member_path(document: Any, loc: Sequence[int | str]) -> tuple[int | str, ...]:
    """Return the keys and indexes in ``document`` that pydantic's ``loc`` speaks of.

    In a union pydantic also names the variant that it tried, which is no key of the document.
    """
    path: list[int | str] = []
    here = document
    for position, step in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(here, dict) and isinstance(step, str) and (step in here or last):
            path.append(step)
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            path.append(step)
            here = here[step]
    return tuple(path)


def dotted(root: str, path: Iterable[int | str]) -> str:
    """Return the name of a value inside another: ``body.items[2].uuid``."""
    return root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _reason(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("error") or error["msg"])


def _expected(text: str) -> list[str]:
    """Take apart pydantic's list of allowed values, ``'a', 'b' or 'c'``."""
    return [single or double for single, double in _LITERAL.findall(text)]


_LITERAL: Final = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")

_TYPES: Final[Mapping[str, str]] = {
    "bool_parsing": "a boolean",
    "bool_type": "a boolean",
    "bytes_type": "a string",
    "date_type": "a string",
    "datetime_type": "a string",
    "dict_type": "an object",
    "float_parsing": "a number",
    "finite_number": "a number",
    "float_type": "a number",
    "int_from_float": "an integer",
    "int_parsing": "an integer",
    "int_type": "an integer",
    "list_type": "an array",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "string_type": "a string",
    "uuid_type": "a string",
}
"""Another JSON type than is asked for."""

_FORMATS: Final[Mapping[str, str]] = {
    "base64": "base64",
    "date_form": "date",
    "date_from_datetime_inexact": "date",
    "date_from_datetime_parsing": "date",
    "date_parsing": "date",
    "datetime_form": "date-time",
    "datetime_from_date_parsing": "date-time",
    "datetime_parsing": "date-time",
    "nil_uuid": "uuid",
    "timezone_aware": "date-time",
    "url": "uri",
    "uuid_parsing": "uuid",
}

_LENGTHS: Final[Mapping[str, tuple[str, str]]] = {
    "string_too_long": ("max_length", "lesser or equal"),
    "string_too_short": ("min_length", "greater or equal"),
    "too_long": ("max_length", "lesser or equal"),
    "too_short": ("min_length", "greater or equal"),
}

_RANGES: Final[Mapping[str, tuple[str, str]]] = {
    "greater_than": ("gt", "greater"),
    "greater_than_equal": ("ge", "greater or equal"),
    "less_than": ("lt", "lesser"),
    "less_than_equal": ("le", "lesser or equal"),
}
