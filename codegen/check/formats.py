"""The texts that scalars other than ``str`` take."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, datetime

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[-+]\d\d:\d\d)", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)*")

NIL_UUID = "00000000-0000-0000-0000-000000000000"


def fits_format(kind: str, text: str) -> bool:
    """Whether a text can be read as a scalar of a kind."""
    match kind:
        case "uuid":
            return bool(_UUID.fullmatch(text))
        case "datetime":
            return bool(_DATETIME.fullmatch(text)) and _parses(datetime.fromisoformat, text)
        case "date":
            return len(text) == 10 and _parses(date.fromisoformat, text)
        case "bytes":
            return _parses(lambda data: base64.b64decode(data, validate=True), text)
        case "url":
            return bool(_URL.fullmatch(text))
        case "email":
            return bool(_EMAIL.fullmatch(text))
        case _:
            return True


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
