"""Blobs as plain files under one folder.

Plain files rather than a library's local store: a move deletes the source once the copy is there,
so the copy has to be on the disk, and the library that we use for S3 publishes a file by renaming
it but never asks the disk to keep it (seen in its system calls; measured, the two are equally
fast: it is the one ``fsync`` that costs).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import FileIO
from pathlib import Path
from typing import Final
from uuid import uuid4

from service.storage.blobs.blocking import blocking
from service.storage.blobs.store import (
    CHUNK_BYTES,
    BlobChanged,
    BlobNotFound,
    BlobStat,
    BlobUnavailable,
    OpenBlob,
    Part,
    check_key,
)

INCOMING: Final = ".incoming"
"""The folder, in the root, of what is being written; no key begins with a dot."""

UNSYNCED_BYTES: Final = 64 << 20
"""How much is written before the disk is asked to keep it: no writer holds up a stop, or fills the
memory of the machine, for longer than this takes."""


class FileStore:
    """Blobs as plain files under ``root``, an absolute path without symbolic links.

    The root and the folders of a key are made when they are first written to.  A symbolic link in
    the place of a blob, or of a folder on the way to it that leads out of the root, is refused.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @asynccontextmanager
    async def open(self, key: str, part: Part | None = None) -> AsyncIterator[OpenBlob]:
        """Read a blob, or a part of it: see the protocol."""
        reader = _Reader(_Place(self._root, key), part)
        try:
            size = await blocking(reader.open)
            yield OpenBlob(size, reader.chunks())
        finally:
            await blocking(reader.close)

    async def write(self, key: str, chunks: AsyncIterable[bytes], size: int | None = None) -> None:
        """Store all the chunks under a key: see the protocol."""
        writer = _Writer(_Place(self._root, key))
        try:
            await blocking(writer.open)
            async for chunk in chunks:
                await blocking(writer.write, chunk)
            await blocking(writer.publish)
        finally:
            await blocking(writer.discard)

    async def delete(self, key: str) -> None:
        """See to it that nothing is under this key: see the protocol."""
        await blocking(_Place(self._root, key).delete)

    async def exists(self, key: str) -> bool:
        """Tell whether something is under this key: see the protocol."""
        try:
            await self.stat(key)
        except BlobNotFound:
            return False
        return True

    async def stat(self, key: str) -> BlobStat:
        """Tell size and version of what is under this key: see the protocol."""
        return await blocking(_Place(self._root, key).stat)

    async def address(self, key: str) -> str:
        """Name the place of a key: by the identity of its folder, whatever path led there."""
        return await blocking(_Place(self._root, key).address)


class _Place:
    """Where the blob of a key lies, and where it is written before it lies there."""

    def __init__(self, root: Path, key: str) -> None:
        self.key = key
        self.root = root
        self.path = root.joinpath(*check_key(key))
        self.incoming = root / INCOMING
        self.prefix = hashlib.sha256(key.encode()).hexdigest() + "."

    def reach(self) -> Path:
        """Return the path, having looked where its folder really is."""
        if not self.path.parent.resolve().is_relative_to(self.root):
            raise BlobUnavailable(
                f"cannot reach object {self.key}: its folder is outside the location"
            )
        return self.path

    def stat(self) -> BlobStat:
        with _explained("read", self.key):
            status = self.reach().lstat()
        if stat.S_ISDIR(status.st_mode):
            raise BlobNotFound(self.key)
        if not stat.S_ISREG(status.st_mode):
            raise BlobUnavailable(f"object {self.key} is not a plain file")
        return _told(status)

    def address(self) -> str:
        with _explained("reach", self.key):
            folder = self.reach().parent
            while not folder.exists():
                folder = folder.parent
            status = folder.stat()
        rest = self.path.relative_to(folder).as_posix()
        return f"file:{status.st_dev}:{status.st_ino}/{rest}"

    def delete(self) -> None:
        with _explained("delete", self.key):
            for partial in self.incoming.glob(f"{self.prefix}*"):
                partial.unlink(missing_ok=True)
            try:
                self.reach().unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            _sync_folder(self.path.parent)


def _told(status: os.stat_result) -> BlobStat:
    """Tell of a file what is told of a blob.

    We publish a file by renaming it, so that each version is another file.
    """
    version = f"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"
    return BlobStat(status.st_size, f'"{version}"')


class _Reader:
    """One open file, read in chunks."""

    def __init__(self, place: _Place, part: Part | None) -> None:
        self._place = place
        self._part = part
        self._left = 0
        self._file: FileIO | None = None

    def open(self) -> int:
        self._place.stat()  # a pipe or a device is never opened
        with _explained("read", self._place.key):
            self._file = FileIO(self._place.path, "rb", opener=_no_link)
            found = _told(os.fstat(self._file.fileno()))
        self._left = found.size
        if self._part is not None:
            if self._part.etag not in (None, found.etag):
                raise BlobChanged(self._place.key)
            self._left = self._part.stop - self._file.seek(self._part.start)
        return found.size

    async def chunks(self) -> AsyncIterator[bytes]:
        while chunk := await blocking(self._read):
            yield chunk

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self) -> bytes:
        if self._file is None or self._file.closed:
            raise BlobUnavailable(f"cannot read object {self._place.key}: it is not open")
        with _explained("read", self._place.key):
            chunk = self._file.read(min(CHUNK_BYTES, self._left))
        self._left -= len(chunk)
        return chunk


class _Writer:
    """One file being written beside the blobs, until it is published or discarded."""

    def __init__(self, place: _Place) -> None:
        self._place = place
        self._path = place.incoming / f"{place.prefix}{uuid4().hex}"
        self._file: FileIO | None = None
        self._unsynced = 0

    def open(self) -> None:
        with _explained("write", self._place.key):
            _make_folder(self._path.parent)
            self._file = FileIO(self._path, "xb")

    def write(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        with _explained("write", self._place.key):
            while rest:
                rest = rest[self._open_file().write(rest) :]
            self._unsynced += len(chunk)
            if self._unsynced >= UNSYNCED_BYTES:
                self._sync(self._open_file())

    def publish(self) -> None:
        with _explained("write", self._place.key):
            file = self._open_file()
            self._sync(file)
            file.close()
            _make_folder(self._place.path.parent)
            self._path.replace(self._place.reach())
            _sync_folder(self._place.path.parent)

    def discard(self) -> None:
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def _sync(self, file: FileIO) -> None:
        os.fsync(file.fileno())
        _forget_cached(file.fileno())
        self._unsynced = 0

    def _open_file(self) -> FileIO:
        if self._file is None:
            raise BlobUnavailable(f"cannot write object {self._place.key}: it is not open")
        return self._file


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _make_folder(folder: Path) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        _sync_folder(new.parent)


def _sync_folder(folder: Path) -> None:
    """Make the disk keep the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _forget_cached(descriptor: int) -> None:
    """Let a later read come from the disk, so that a check of what was written checks the disk."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


@contextmanager
def _explained(doing: str, key: str) -> Iterator[None]:
    """Turn what the file system says into our errors, without the path: it is configuration."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        if doing == "read":
            raise BlobNotFound(key) from None
        raise BlobUnavailable(f"cannot {doing} object {key}: {error.strerror}") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise BlobUnavailable(f"object {key} is not a plain file") from None
        raise BlobUnavailable(f"cannot {doing} object {key}: {error.strerror}") from None
