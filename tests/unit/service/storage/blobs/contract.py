"""What every store of blobs must do; a store's test module subclasses the suite."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence

import pytest

from service.storage.blobs.store import (
    CHUNK_BYTES,
    BlobChanged,
    BlobNotFound,
    BlobStore,
    InvalidKey,
    Part,
)

SIZE = 2 * CHUNK_BYTES + 5
KEY = "aips/2d3e8f9c-3c44-4f0a-9f2b-6a2f3d1f3d7b"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def broken(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    raise ConnectionError("the sender is gone")


async def put(store: BlobStore, key: str, content: bytes) -> None:
    await store.write(key, chunks(content))


async def get(store: BlobStore, key: str) -> bytes:
    async with store.open(key) as blob:
        content = b"".join([chunk async for chunk in blob.chunks])
        assert blob.size == len(content)
    return content


class StoreContract:
    @pytest.fixture
    def store(self) -> BlobStore:
        raise NotImplementedError

    @pytest.mark.parametrize(
        "parts",
        [
            (),
            (b"",),
            (b"a", b"", b"bc"),
            (b"x" * CHUNK_BYTES,),
            (b"x" * (CHUNK_BYTES + 1), b"y"),
        ],
        ids=["nothing", "an empty chunk", "small chunks", "one chunk", "more than a chunk"],
    )
    async def test_what_is_written_is_read(self, store: BlobStore, parts: Sequence[bytes]) -> None:
        await store.write(KEY, chunks(*parts))

        assert await get(store, KEY) == b"".join(parts)
        assert (await store.stat(KEY)).size == sum(map(len, parts))
        assert await store.exists(KEY)

    async def test_no_chunk_that_is_read_is_larger_than_the_limit(self, store: BlobStore) -> None:
        await put(store, KEY, b"x" * (3 * CHUNK_BYTES + 5))

        async with store.open(KEY) as blob:
            assert max([len(chunk) async for chunk in blob.chunks]) <= CHUNK_BYTES

    async def test_nothing_is_found_where_nothing_was_written(self, store: BlobStore) -> None:
        assert not await store.exists(KEY)
        with pytest.raises(BlobNotFound, match=KEY):
            await store.stat(KEY)
        with pytest.raises(BlobNotFound, match=KEY):
            await get(store, KEY)

    async def test_a_second_write_replaces_the_first(self, store: BlobStore) -> None:
        await put(store, KEY, b"the first, and the longer one")
        await put(store, KEY, b"second")

        assert await get(store, KEY) == b"second"

    async def test_a_write_is_not_visible_before_it_is_whole(self, store: BlobStore) -> None:
        seen = []

        async def watched() -> AsyncIterator[bytes]:
            yield b"x" * CHUNK_BYTES
            seen.append(await store.exists(KEY))
            yield b"y"
            seen.append(await store.exists(KEY))

        await store.write(KEY, watched())

        assert seen == [False, False]

    async def test_a_broken_write_leaves_what_was_there(self, store: BlobStore) -> None:
        with pytest.raises(ConnectionError):
            await store.write(KEY, broken(b"new"))
        assert not await store.exists(KEY)

        await put(store, KEY, b"old")
        with pytest.raises(ConnectionError):
            await store.write(KEY, broken(b"new"))
        assert await get(store, KEY) == b"old"

    async def test_a_cancelled_write_leaves_what_was_there(self, store: BlobStore) -> None:
        await put(store, KEY, b"old")
        half = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield b"new"
            half.set()
            await asyncio.sleep(3600)

        writing = asyncio.create_task(store.write(KEY, endless()))
        await half.wait()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

        assert await get(store, KEY) == b"old"

    async def test_a_reader_keeps_the_version_it_opened(self, store: BlobStore) -> None:
        await put(store, KEY, b"old" * CHUNK_BYTES)

        async with store.open(KEY) as blob:
            first = await anext(blob.chunks)
            await put(store, KEY, b"new")
            rest = b"".join([chunk async for chunk in blob.chunks])

        assert first + rest == b"old" * CHUNK_BYTES
        assert await get(store, KEY) == b"new"

    @pytest.mark.parametrize(
        ("start", "stop"),
        [(0, 1), (1, 2), (0, SIZE), (SIZE - 1, SIZE), (7, CHUNK_BYTES + 9), (CHUNK_BYTES, SIZE)],
    )
    async def test_a_part_is_read_alone(self, store: BlobStore, start: int, stop: int) -> None:
        content = bytes(range(251)) * (SIZE // 251 + 1)
        await put(store, KEY, content[:SIZE])
        version = (await store.stat(KEY)).etag

        async with store.open(KEY, Part(start, stop, version)) as blob:
            assert blob.size == SIZE
            assert b"".join([chunk async for chunk in blob.chunks]) == content[start:stop]

    async def test_a_version_has_its_own_tag_as_long_as_it_is_there(self, store: BlobStore) -> None:
        await put(store, KEY, b"old")
        old = (await store.stat(KEY)).etag
        assert old is not None
        assert re.fullmatch(r'"[!#-~]+"', old)
        assert (await store.stat(KEY)).etag == old
        await put(store, KEY, b"new")
        assert (await store.stat(KEY)).etag != old

    async def test_a_part_of_a_version_that_is_gone_is_refused(self, store: BlobStore) -> None:
        await put(store, KEY, b"old")
        old = (await store.stat(KEY)).etag
        await put(store, KEY, b"new")

        with pytest.raises(BlobChanged, match=f"object {KEY} has changed"):
            async with store.open(KEY, Part(1, 3, old)) as blob:
                await anext(blob.chunks)

    async def test_of_concurrent_writes_one_wins_whole(self, store: BlobStore) -> None:
        contents = [bytes([number]) * (CHUNK_BYTES + number) for number in range(5)]

        await asyncio.gather(*(put(store, KEY, content) for content in contents))

        assert await get(store, KEY) in contents

    async def test_a_delete_may_be_repeated(self, store: BlobStore) -> None:
        await put(store, KEY, b"content")
        await store.delete(KEY)
        await store.delete(KEY)

        assert not await store.exists(KEY)

    async def test_a_delete_takes_nothing_else(self, store: BlobStore) -> None:
        await put(store, KEY, b"content")
        await put(store, KEY + "x", b"another")
        await store.delete(KEY)

        assert await get(store, KEY + "x") == b"another"

    async def test_one_key_has_one_address_before_and_after_it_is_written(
        self, store: BlobStore
    ) -> None:
        before = await store.address(KEY)
        await put(store, KEY, b"content")

        assert await store.address(KEY) == await store.address(KEY)
        assert await store.address(KEY) != await store.address(KEY + "x")
        assert before != await store.address(KEY + "x")

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            ".incoming/a",
            "~a",
            "a\0",
            "a b",
            "é",
            "a\n",
            "a\\b",
            "a" * 256,
        ],
    )
    async def test_a_key_that_is_not_ours_is_refused(self, store: BlobStore, key: str) -> None:
        with pytest.raises(InvalidKey):
            await store.write(key, chunks(b""))
        with pytest.raises(InvalidKey):
            await get(store, key)
        with pytest.raises(InvalidKey):
            await store.delete(key)
        with pytest.raises(InvalidKey):
            await store.exists(key)
        with pytest.raises(InvalidKey):
            await store.address(key)
