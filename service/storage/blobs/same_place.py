"""Whether two blobs are one and the same: deleting the one would delete the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from uuid import uuid4

from service.storage.blobs.store import Blob, BlobNotFound, BlobStore

MARKER: Final = ".marker"
"""What the key of a marker ends in.  It is the same for every try, so that one that a crash left
behind is replaced, and removed, by the next."""


async def same_place(one: Blob, other: Blob) -> bool:
    """Tell whether two blobs are one, whatever names their stores go by.

    Equal addresses are.  Different ones may be all the same (an alias of a host, a folder that is
    mounted twice): so a marker is written beside ``other``, and looked for beside ``one``.

    Raises:
        BlobUnavailable: A store failed.
    """
    if await one.store.address(one.key) == await other.store.address(other.key):
        return True
    mark = uuid4().bytes
    try:
        await other.store.write(other.key + MARKER, _once(mark), len(mark))
    except asyncio.CancelledError:
        # Whoever is stopped while it writes may be told so once it is written.
        await other.store.delete(other.key + MARKER)
        raise
    try:
        return await _read(one.store, one.key + MARKER, len(mark)) == mark
    finally:
        await other.store.delete(other.key + MARKER)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _read(store: BlobStore, key: str, size: int) -> bytes | None:
    try:
        async with store.open(key) as blob:
            # Nobody else writes here; what is larger is no marker.
            return b"".join([c async for c in blob.chunks]) if blob.size == size else None
    except BlobNotFound:
        return None
