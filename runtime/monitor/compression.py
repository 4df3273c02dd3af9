"""Compression of what many connections get alike: done once, and the same bytes for all of them.

Both formats let a sender begin anew wherever it likes.  What is compressed together never refers to
what a connection got before, so that it fits behind anything.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Final

WINDOW_BITS: Final = 12
"""How far back a message refers, as a power of two in bytes: events are like those just before them."""
LEVEL: Final = 1
"""The quickest: the highest usual one saves up to three hundredths of the size more."""
MEMORY: Final = 5
"""The compressor's own tables (``memLevel``): with those of the usual size it took up to half as long
again."""
TAIL: Final = b"\x00\x00\xff\xff"
"""What every flush ends with, and a message goes without (RFC 7692, section 7.2.1)."""
GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""What a gzip file begins with (RFC 1952, section 2.3): deflated, no name, no time, no system."""
STORED_BYTES: Final = 0xFFFF
"""How much a block that is not compressed holds at most (RFC 1951, section 3.2.4)."""


def deflated_messages(messages: Iterable[bytes]) -> list[bytes]:
    """Compress messages, each behind the one before, for permessage-deflate (RFC 7692)."""
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -WINDOW_BITS, MEMORY)
    return [
        (compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH))[: -len(TAIL)]
        for message in messages
    ]


def deflated(content: bytes) -> bytes:
    """Compress a part of a deflate stream, up to a byte's end: all of it can be read at once."""
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -WINDOW_BITS, MEMORY)
    return compressor.compress(content) + compressor.flush(zlib.Z_SYNC_FLUSH)


def stored(content: bytes) -> bytes:
    """Make the same of it without compressing it."""
    parts = [
        content[start : start + STORED_BYTES] for start in range(0, len(content), STORED_BYTES)
    ]
    # Go hands out what it has read when it meets an empty block, as a flush ends with.
    return b"".join(map(_stored_block, [*parts, b""])) if content else b""


def _stored_block(content: bytes) -> bytes:
    length = len(content)
    return struct.pack("<BHH", 0, length, length ^ 0xFFFF) + content
