"""The protocol of a store of blobs, its errors, and what a key may look like.

Errors, each with one sentence for people::

    BlobError
    ├── BlobNotFound        there is nothing under this key
    ├── BlobUnavailable     the store did not do what it was asked; a later try may succeed
    │   ├── BlobChanged         what is under this key is another version than was asked for
    │   └── BlobRefused         the store will not do it before somebody changes something
    ├── InvalidKey          no key of ours
    ├── InvalidLocation     a configuration that no store can be opened for
    │   └── UnsupportedLocation  of a kind that there is no store for
    └── CopyError           (copying.py)
        ├── SamePlace           source and target are one object
        └── CopyDiffers         what was read back is not what was read
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

CHUNK_BYTES: Final = 1 << 20
"""How much of a blob is in memory at a time: 1 MiB."""

SEGMENT: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")


class BlobError(Exception):
    """Something about a blob or its store went wrong."""


class BlobNotFound(BlobError):
    """There is nothing under this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"object {key} not found")
        self.key = key


class BlobUnavailable(BlobError):
    """The store did not do what it was asked; a later try may succeed."""


class BlobRefused(BlobUnavailable):
    """The store will not do it before somebody changes something: a key, a right, a bucket."""


class BlobChanged(BlobUnavailable):
    """What is under this key is another version than was asked for."""

    def __init__(self, key: str) -> None:
        super().__init__(f"object {key} has changed")


class InvalidKey(BlobError):
    """A key that is not ours: see :func:`check_key`."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key!r} is not an object key")
        self.key = key


class InvalidLocation(BlobError):
    """No store can be opened for this configuration; the message names no secret."""


class UnsupportedLocation(InvalidLocation):
    """There is no store for configurations of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"unsupported config type: {kind}")


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What is told of a blob without reading it: its ``size`` in bytes, and its version.

    ``etag`` is a strong entity tag (RFC 9110, section 8.8.3), in its quotes: two versions under a
    key have two, and a copy elsewhere need not have the same.  ``None`` if the store has none.
    """

    size: int
    etag: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from ``start`` until before ``stop`` of the version ``etag`` of a blob.

    ``etag`` may be ``None`` for whatever version there is.  ``start`` is less than ``stop``, and
    ``stop`` not more than the size of the blob.
    """

    start: int
    stop: int
    etag: str | None


@dataclass(frozen=True, slots=True)
class OpenBlob:
    """A blob being read: its ``size`` in bytes, whole, and the bytes that were asked for, in
    chunks of at most ``CHUNK_BYTES``, to be read once.
    """

    size: int
    chunks: AsyncIterator[bytes]


class BlobStore(Protocol):
    """A flat set of blobs under text keys.

    Keys are one or more segments joined by ``/`` (:func:`check_key`).  Every method raises
    :class:`InvalidKey` for another key and :class:`BlobUnavailable` if the store fails; any of
    them may be cancelled at any point without harm to what the store shows.
    """

    def open(self, key: str, part: Part | None = None) -> AbstractAsyncContextManager[OpenBlob]:
        """Read a blob, or a part of it; size and chunks are of one and the same version.

        Raises:
            BlobNotFound: There is nothing under this key.
            BlobChanged: There is another version than that of the part.
        """
        ...

    async def write(self, key: str, chunks: AsyncIterable[bytes], size: int | None = None) -> None:
        """Store all the chunks under a key, in place of what was there.

        ``size`` is the number of bytes that will come, if it is known: a store may need it to
        divide a large blob.

        The blob is there whole, and lasts, when this returns.  Until then, and for ever if the
        chunks end in an exception, readers see what was there before.
        """
        ...

    async def delete(self, key: str) -> None:
        """See to it that nothing is under this key, nor left of an interrupted write to it.

        What a killed process left of an upload to S3 is no object, and only a rule of the bucket
        removes it.
        """
        ...

    async def exists(self, key: str) -> bool:
        """Tell whether something is under this key."""
        ...

    async def stat(self, key: str) -> BlobStat:
        """Tell size and version of what is under this key.

        Raises:
            BlobNotFound: There is nothing under this key.
        """
        ...

    async def address(self, key: str) -> str:
        """Name the place of a key among all stores: equal addresses are one and the same blob."""
        ...


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob in its place."""

    store: BlobStore
    key: str


def check_key(key: str) -> tuple[str, ...]:
    """Return the segments of a key.

    A segment starts with a letter, a digit or ``_`` and goes on with those, ``.`` or ``-``: no
    empty segment, no ``..``, nothing hidden, nothing that a file system or URL reads in its way.

    Raises:
        InvalidKey: It is no such key.
    """
    segments = tuple(key.split("/"))
    if not all(SEGMENT.fullmatch(segment) for segment in segments):
        raise InvalidKey(key)
    return segments
