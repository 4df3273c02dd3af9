"""A file that a call is answered with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Download:
    """A file being received; ``length`` is the number of bytes that ``content`` will yield."""

    content: AsyncIterator[bytes]
    length: int
    filename: str
    media_type: str
