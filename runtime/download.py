"""A file that an operation answers with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

Content: TypeAlias = Callable[[int, int], AsyncGenerator[bytes, None]]
"""Yields the bytes of a file from one place until before another."""


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes to be offered as a file.

    ``length`` is the number of bytes of the file.  ``content`` is called once for those that are
    asked for (``0`` and ``length`` for all), or not at all if only the headers are.  What it
    returns is closed when they have been sent, and also when the receiver went away before.

    ``etag`` is a strong entity tag (RFC 9110, section 8.8.3), in its quotes; with it whoever was
    interrupted can go on with the rest of the same file.
    """

    content: Content
    length: int
    filename: str
    media_type: str
    etag: str | None = None

    @classmethod
    def of(cls, content: bytes, filename: str, media_type: str) -> Download:
        """Offer bytes that are at hand."""

        async def part(start: int, stop: int) -> AsyncGenerator[bytes, None]:
            yield content[start:stop]

        etag = f'"{sha256(content).hexdigest()}"'
        return cls(part, len(content), filename, media_type, etag)
