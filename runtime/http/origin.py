"""Where a browser's request comes from, and whether that place is welcome.

A configured origin is exact (``https://example.org``), holds one star that stands for any text
(``https://*.example.org``, ``*``), or is a regular expression between slashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit


def origin_configured(origin: str, configured: Iterable[str]) -> bool:
    """Tell whether an origin is one of those configured."""
    return any(_compiled(pattern).fullmatch(origin) for pattern in configured)


def origin_welcome(headers: Mapping[str, str], configured: Iterable[str]) -> bool:
    """Tell whether a WebSocket may be opened from where its request comes.

    Browsers send ``Origin`` and let any page open a WebSocket anywhere, cookies included; so a
    foreign origin must be configured.  No ``Origin`` is no browser.  The page's own host, as the
    ``Host`` header names it, port included, is not foreign (contract, monitor.md section 2).
    """
    origin = headers.get("origin")
    if origin is None:
        return True
    own = headers.get("host", "").lower()
    return (own != "" and _host(origin) == own) or origin_configured(origin, configured)


def check_origin_pattern(pattern: str) -> None:
    """Refuse a configured origin that cannot be understood.

    Raises:
        ValueError: It holds more than one star, or is not a regular expression.
    """
    try:
        _compiled(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.compile(pattern[1:-1])
    if pattern.count("*") > 1:
        raise ValueError(f"{pattern!r} holds more than one star")
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
