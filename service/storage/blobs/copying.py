"""Copying a blob from one store to another, and being sure of the copy."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from service.storage.blobs.blocking import blocking
from service.storage.blobs.same_place import same_place
from service.storage.blobs.store import Blob, BlobError, OpenBlob


class CopyError(BlobError):
    """A copy that was refused, or that is not to be trusted."""


class SamePlace(CopyError):
    """Source and target are one object: deleting the one would delete the other."""

    def __init__(self) -> None:
        super().__init__("source and target are the same place")


class CopyDiffers(CopyError):
    """What was read back is not what was read."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: its ``size`` in bytes, and its SHA-256 in lower-case hexadecimal digits."""

    size: int
    sha256: str


async def copy_blob(source: Blob, target: Blob) -> Copied:
    """Copy a blob, in place of what is at the target, and read the copy back to compare it.

    Holds a few chunks in memory, whatever the size.  If it fails, it may leave a copy that is not to
    be trusted, for :func:`discard_copy` to remove; done again, it does the same again.

    Raises:
        SamePlace: Source and target are the same object.
        BlobNotFound: There is no such source.
        CopyDiffers: The source ended early, or the copy read back is another.
        BlobUnavailable: A store failed.
    """
    if await same_place(source, target):
        raise SamePlace
    async with source.store.open(source.key) as blob:
        reading = _Counted(blob)
        async with aclosing(reading.chunks()) as chunks:
            await target.store.write(target.key, chunks, blob.size)
    copied = reading.result()
    async with target.store.open(target.key) as blob:
        written = _Counted(blob)
        async for _ in written.chunks():
            pass
    if written.result() != copied:
        raise CopyDiffers("the copy read back differs from its source")
    return copied


async def discard_copy(source: Blob, copy: Blob, confirm: Callable[[], Awaitable[None]]) -> None:
    """Remove a copy, whole or in part, if its source is still there.

    Nothing is removed that might be the only one: not if the source is gone, nor if both are the
    same object.  ``confirm`` is awaited right before, and raises if it is too late for that.

    Raises:
        BlobUnavailable: A store failed.
    """
    if await same_place(source, copy):
        return
    if await source.store.exists(source.key):
        await confirm()
        await copy.store.delete(copy.key)


class _Counted:
    """The chunks of an open blob, counted and summed on their way."""

    def __init__(self, blob: OpenBlob) -> None:
        self._blob = blob
        self._sum = hashlib.sha256()
        self._size = 0

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        async for chunk in self._blob.chunks:
            await blocking(self._sum.update, chunk)
            self._size += len(chunk)
            yield chunk
        if self._size != self._blob.size:
            raise CopyDiffers(f"{self._size} of {self._blob.size} bytes were read")

    def result(self) -> Copied:
        return Copied(self._size, self._sum.hexdigest())
