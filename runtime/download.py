"""A file that an operation answers with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes to be offered as a file.

    ``length`` is the number of bytes that ``content`` will yield.  ``content`` is closed when the
    file has been sent, and also when the receiver went away before.
    """

    content: AsyncIterator[bytes]
    length: int
    filename: str
    media_type: str

    @classmethod
    def of(cls, content: bytes, filename: str, media_type: str) -> Download:
        """Offer bytes that are at hand."""
        return cls(_at_once(content), len(content), filename, media_type)


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content
