"""Trying a store, before anybody relies on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final
from uuid import uuid4

from service.storage.blobs.store import BlobError, BlobStore, BlobUnavailable

PROBE_SECONDS: Final = 15.0
"""How long trying a store may take."""

PROBE: Final = b"The storage service tried whether it can keep something here.\n"


async def probe(store: BlobStore) -> None:
    """Write a small object under a name of our own, read it again and delete it.

    Raises:
        BlobUnavailable: One of that failed, or took longer than ``PROBE_SECONDS``.
    """
    key = f"storage-service-probe-{uuid4()}"
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await _tried(store, key)
    except TimeoutError:
        raise BlobUnavailable(f"the store did not answer within {PROBE_SECONDS:g} s") from None


async def _tried(store: BlobStore, key: str) -> None:
    await store.write(key, _probe(), len(PROBE))
    try:
        async with store.open(key) as blob:
            if b"".join([chunk async for chunk in blob.chunks]) != PROBE:
                raise BlobUnavailable(f"object {key} is read differently than it was written")
    except BlobError:
        with suppress(BlobError):
            await store.delete(key)
        raise
    await store.delete(key)


async def _probe() -> AsyncIterator[bytes]:
    yield PROBE
