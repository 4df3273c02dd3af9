"""Which bytes of a file a request asks for (RFC 9110, section 14).

A range that cannot be understood, several of them, and one that is for another version of the file
are as none: the whole file is what the sender of such a request is ready for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_RANGE: Final = re.compile(
    r"bytes *= *(?:([0-9]{1,18}) *- *([0-9]{1,18})?|- *([0-9]{1,18}))", re.IGNORECASE
)


class NotSatisfiable(Exception):
    """The file has none of the bytes that are asked for."""


def wanted_part(
    headers: Mapping[str, str], length: int, etag: str | None
) -> tuple[int, int] | None:
    """Return where the part that is asked for starts, and before what it stops.

    ``None`` stands for the whole file.

    Raises:
        NotSatisfiable: The part begins behind the end of the file.
    """
    found = _RANGE.fullmatch(headers.get("range", "").strip())
    if found is None or headers.get("if-range", etag) != etag:
        return None
    first, last, suffix = (None if each is None else int(each) for each in found.groups())
    if first is None:
        return _last_bytes(suffix or 0, length)
    if last is not None and last < first:
        return None
    if first >= length:
        raise NotSatisfiable
    return first, length if last is None else min(last + 1, length)


def _last_bytes(count: int, length: int) -> tuple[int, int] | None:
    if count == 0:
        raise NotSatisfiable
    return None if length == 0 else (max(0, length - count), length)
