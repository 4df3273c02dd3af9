from __future__ import annotations

import asyncio
import hashlib
import resource
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from service.storage.blobs.copying import CopyDiffers, SamePlace, copy_blob, discard_copy
from service.storage.blobs.file import FileStore
from service.storage.blobs.same_place import MARKER
from service.storage.blobs.store import Blob, BlobNotFound, BlobUnavailable, OpenBlob, Part
from tests.unit.service.storage.blobs.contract import chunks, get, put


class Flipping(FileStore):
    """A disk that changes a byte of what it is given."""

    async def write(self, key: str, chunks: AsyncIterable[bytes], size: int | None = None) -> None:
        async def flipped() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield bytes([chunk[0] ^ 1]) + chunk[1:]

        await super().write(key, flipped(), size)


class Shrinking(FileStore):
    """A connection that ends before the blob does."""

    @asynccontextmanager
    async def open(self, key: str, part: Part | None = None) -> AsyncIterator[OpenBlob]:
        async with super().open(key, part) as blob:
            yield OpenBlob(blob.size + 1, blob.chunks)


class ByAnotherName(FileStore):
    """A folder that is mounted twice."""

    async def address(self, key: str) -> str:
        return f"elsewhere:{key}"


class StoppedLate(FileStore):
    """A writer that is stopped when all is written, as one whose process stood still is."""

    async def write(self, key: str, chunks: AsyncIterable[bytes], size: int | None = None) -> None:
        await super().write(key, chunks, size)
        raise asyncio.CancelledError


async def in_time() -> None:
    pass


@pytest.fixture
def source(tmp_path: Path) -> Blob:
    return Blob(FileStore(tmp_path / "source"), "aips/package")


@pytest.fixture
def target(tmp_path: Path) -> Blob:
    return Blob(FileStore(tmp_path / "target"), "package")


async def test_a_copy_is_equal_and_its_sum_is_told(source: Blob, target: Blob) -> None:
    content = bytes(range(256)) * 10_000
    await put(source.store, source.key, content)

    copied = await copy_blob(source, target)

    assert await get(target.store, target.key) == content
    assert await get(source.store, source.key) == content
    assert (copied.size, copied.sha256) == (len(content), hashlib.sha256(content).hexdigest())


async def test_a_copy_may_be_made_again(source: Blob, target: Blob) -> None:
    await put(source.store, source.key, b"content")
    await put(target.store, target.key, b"left over")

    assert await copy_blob(source, target) == await copy_blob(source, target)
    assert await get(target.store, target.key) == b"content"


async def test_a_missing_source_is_told_and_leaves_the_target_alone(
    source: Blob, target: Blob
) -> None:
    await put(target.store, target.key, b"what was there")

    with pytest.raises(BlobNotFound, match="object aips/package not found"):
        await copy_blob(source, target)
    assert await get(target.store, target.key) == b"what was there"


async def test_a_copy_onto_itself_is_refused_whatever_path_leads_there(tmp_path: Path) -> None:
    outer = Blob(FileStore(tmp_path), "aips/package")
    inner = Blob(FileStore(tmp_path / "aips"), "package")
    await put(outer.store, outer.key, b"content")

    with pytest.raises(SamePlace):
        await copy_blob(outer, inner)
    await discard_copy(outer, inner, in_time)
    assert await get(outer.store, outer.key) == b"content"


async def test_a_copy_onto_itself_is_refused_by_whatever_name_the_store_goes(
    tmp_path: Path,
) -> None:
    one = Blob(FileStore(tmp_path), "package")
    other = Blob(ByAnotherName(tmp_path), "package")
    await put(one.store, one.key, b"content")

    with pytest.raises(SamePlace):
        await copy_blob(one, other)
    await discard_copy(one, other, in_time)
    assert await get(one.store, one.key) == b"content"
    assert not await one.store.exists("package" + MARKER)


async def test_a_marker_that_a_crash_left_behind_means_nothing(source: Blob, target: Blob) -> None:
    await put(source.store, source.key, b"content")
    for blob in (source, target):
        await put(blob.store, blob.key + MARKER, b"x" * 16)

    assert (await copy_blob(source, target)).size == 7
    assert not await target.store.exists(target.key + MARKER)


async def test_who_is_stopped_while_it_writes_a_marker_leaves_none(
    source: Blob, tmp_path: Path
) -> None:
    target = Blob(StoppedLate(tmp_path / "target"), "package")
    await put(source.store, source.key, b"content")

    with pytest.raises(asyncio.CancelledError):
        await copy_blob(source, target)
    assert not await target.store.exists(target.key + MARKER)


async def test_a_copy_that_reads_back_differently_is_not_trusted(
    source: Blob, tmp_path: Path
) -> None:
    target = Blob(Flipping(tmp_path / "target"), "package")
    await put(source.store, source.key, b"content")

    with pytest.raises(CopyDiffers, match="differs from its source"):
        await copy_blob(source, target)
    await discard_copy(source, target, in_time)
    assert not await target.store.exists(target.key)


async def test_a_source_that_ends_early_makes_no_copy(tmp_path: Path, target: Blob) -> None:
    source = Blob(Shrinking(tmp_path / "source"), "package")
    await put(source.store, source.key, b"content")

    with pytest.raises(CopyDiffers, match="7 of 8 bytes were read"):
        await copy_blob(source, target)
    assert not await target.store.exists(target.key)


async def test_a_target_that_cannot_be_written_is_told(source: Blob, tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"a file where the folder should be")
    await put(source.store, source.key, b"content")

    with pytest.raises(BlobUnavailable, match="cannot write object package"):
        await copy_blob(source, Blob(FileStore(tmp_path / "target"), "package"))


async def test_a_copy_is_discarded_only_if_its_source_is_there(source: Blob, target: Blob) -> None:
    await put(target.store, target.key, b"the only one")
    await discard_copy(source, target, in_time)
    assert await get(target.store, target.key) == b"the only one"

    await put(source.store, source.key, b"content")
    await discard_copy(source, target, in_time)
    await discard_copy(source, target, in_time)
    assert not await target.store.exists(target.key)
    assert await get(source.store, source.key) == b"content"


async def test_a_copy_is_not_discarded_too_late(source: Blob, target: Blob) -> None:
    class TooLate(Exception):
        pass

    async def too_late() -> None:
        raise TooLate

    await put(source.store, source.key, b"content")
    await put(target.store, target.key, b"content")
    with pytest.raises(TooLate):
        await discard_copy(source, target, too_late)
    assert await get(target.store, target.key) == b"content"


async def test_a_large_blob_is_copied_in_little_memory(source: Blob, target: Blob) -> None:
    mebibyte = b"x" * (1 << 20)

    async def large() -> AsyncIterator[bytes]:
        for _ in range(128):
            yield mebibyte

    await source.store.write(source.key, large())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    copied = await copy_blob(source, target)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert copied.size == 128 << 20
    assert (after - before) << 10 < 32 << 20


async def test_an_empty_blob_is_copied(source: Blob, target: Blob) -> None:
    await source.store.write(source.key, chunks())

    assert (await copy_blob(source, target)).size == 0
    assert await target.store.exists(target.key)
