from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.storage.blobs.s3 import LEAVING_SECONDS, PART_BYTES, Limits, S3Store, part_bytes
from service.storage.blobs.s3_place import S3Place
from service.storage.blobs.store import (
    CHUNK_BYTES,
    BlobError,
    BlobRefused,
    BlobStore,
    BlobUnavailable,
)
from tests.servers.s3_server import S3Bucket, S3Server
from tests.servers.troubled_proxy import Trouble, TroubledProxy
from tests.unit.runtime.waiting import until
from tests.unit.service.storage.blobs.contract import KEY, StoreContract, get, put

MEBIBYTE = 1 << 20
TWICE = Limits(tries=2)
IMPATIENT = Limits(silence=0.5, tries=2)


async def mebibytes(count: int) -> AsyncIterator[bytes]:
    for number in range(count):
        yield bytes([number]) * MEBIBYTE


async def broken_late(count: int) -> AsyncIterator[bytes]:
    async for chunk in mebibytes(count):
        yield chunk
    raise ConnectionError("the sender is gone")


class TestS3Store(StoreContract):
    @pytest.fixture
    def store(self, bucket: S3Bucket) -> BlobStore:
        return S3Store(S3Place(**bucket.value()))


@pytest.fixture
def bucket(s3_server: S3Server) -> S3Bucket:
    return s3_server.new_bucket()


@pytest.fixture
def store(bucket: S3Bucket) -> S3Store:
    return S3Store(S3Place(**bucket.value()))


@pytest.fixture
async def proxy(bucket: S3Bucket) -> AsyncIterator[TroubledProxy]:
    async with TroubledProxy(bucket.endpoint).running() as proxy:
        yield proxy


@pytest.fixture
def troubled(bucket: S3Bucket, proxy: TroubledProxy) -> S3Store:
    """The store behind the proxy."""
    return S3Store(S3Place(**bucket.value(endpoint=proxy.endpoint)), TWICE)


async def test_a_blob_of_several_parts_is_one_object_with_all_its_bytes(
    store: S3Store, bucket: S3Bucket, s3_server: S3Server
) -> None:
    expected = b"".join([chunk async for chunk in mebibytes(20)])

    await store.write(KEY, mebibytes(20), len(expected))

    assert await get(store, KEY) == expected
    assert s3_server.keys(bucket) == [KEY]
    assert s3_server.uploads(bucket) == []


async def test_no_part_of_an_upload_is_visible_before_all_are_there(
    store: S3Store, bucket: S3Bucket, s3_server: S3Server
) -> None:
    seen = []

    async def watched() -> AsyncIterator[bytes]:
        async for chunk in mebibytes(20):
            yield chunk
        seen.append((s3_server.keys(bucket), s3_server.uploads(bucket)))

    await store.write(KEY, watched())

    assert seen == [([], [KEY])]


async def test_what_a_broken_upload_sent_is_taken_back(
    store: S3Store, bucket: S3Bucket, s3_server: S3Server
) -> None:
    with pytest.raises(ConnectionError):
        await store.write(KEY, broken_late(20))

    assert (s3_server.keys(bucket), s3_server.uploads(bucket)) == ([], [])


async def test_what_a_cancelled_upload_sent_is_taken_back(
    store: S3Store, bucket: S3Bucket, s3_server: S3Server
) -> None:
    half = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for chunk in mebibytes(20):
            yield chunk
        half.set()
        await asyncio.sleep(3600)

    writing = asyncio.create_task(store.write(KEY, endless()))
    await half.wait()
    assert s3_server.uploads(bucket) == [KEY]
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert (s3_server.keys(bucket), s3_server.uploads(bucket)) == ([], [])


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03, 0.1])
async def test_whenever_an_upload_is_cancelled_nothing_is_left_of_it(
    troubled: S3Store, proxy: TroubledProxy, bucket: S3Bucket, s3_server: S3Server, moment: float
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * MEBIBYTE

    writing = asyncio.create_task(troubled.write(KEY, endless()))
    await until(lambda: any("uploads" in line for line in proxy.requests), 20)
    await asyncio.sleep(moment)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert (s3_server.keys(bucket), s3_server.uploads(bucket)) == ([], [])


@pytest.mark.parametrize("failing", ["partNumber=2", "POST /{bucket}/{key}?uploadId="])
async def test_an_upload_that_fails_is_taken_back(
    troubled: S3Store,
    proxy: TroubledProxy,
    bucket: S3Bucket,
    s3_server: S3Server,
    failing: str,
) -> None:
    wanted = failing.format(bucket=bucket.name, key=KEY)
    proxy.trouble = lambda line: Trouble.FAILURE if wanted in line else Trouble.NONE

    with pytest.raises(BlobUnavailable, match=f"^cannot write object {KEY}: the store failed$"):
        await troubled.write(KEY, mebibytes(12))

    assert (s3_server.keys(bucket), s3_server.uploads(bucket)) == ([], [])


async def test_a_request_that_fails_once_is_sent_again(
    troubled: S3Store, proxy: TroubledProxy
) -> None:
    proxy.trouble = lambda line: (
        Trouble.FAILURE if proxy.requests.count(line) == 1 else Trouble.NONE
    )

    await troubled.write(KEY, mebibytes(9))

    assert (await troubled.stat(KEY)).size == 9 * MEBIBYTE


async def test_a_store_that_is_silent_is_not_waited_for_longer_than_was_said(
    bucket: S3Bucket, proxy: TroubledProxy
) -> None:
    troubled = S3Store(S3Place(**bucket.value(endpoint=proxy.endpoint)), IMPATIENT)
    proxy.trouble = lambda line: Trouble.SILENCE

    async with asyncio.timeout(30):  # the bound itself; half a second, twice, and the wait between
        with pytest.raises(BlobUnavailable, match="the store did not answer in time"):
            await troubled.stat(KEY)
        with pytest.raises(BlobUnavailable, match="cannot be reached, or does not answer"):
            await put(troubled, KEY, b"content")


async def test_an_upload_to_a_silent_store_is_left_soon_after_it_is_cancelled(
    bucket: S3Bucket, proxy: TroubledProxy
) -> None:
    patient = S3Store(S3Place(**bucket.value(endpoint=proxy.endpoint)), Limits(silence=3600))
    proxy.trouble = lambda line: Trouble.SILENCE
    writing = asyncio.create_task(patient.write(KEY, mebibytes(20)))
    await until(lambda: bool(proxy.requests), 20)

    began = asyncio.get_running_loop().time()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert asyncio.get_running_loop().time() - began < 10 * LEAVING_SECONDS


async def test_a_reader_whose_connection_is_cut_goes_on_where_it_was(
    troubled: S3Store, proxy: TroubledProxy
) -> None:
    await troubled.write(KEY, mebibytes(12))
    gets: list[str] = []

    def cut_the_first(line: str) -> Trouble:
        if line.startswith("GET"):
            gets.append(line)
        return Trouble.CUT if len(gets) == 1 else Trouble.NONE

    proxy.trouble = cut_the_first

    assert await get(troubled, KEY) == b"".join([chunk async for chunk in mebibytes(12)])
    assert len(gets) == 2


async def test_a_reader_that_leaves_closes_its_connection(
    troubled: S3Store, proxy: TroubledProxy
) -> None:
    await troubled.write(KEY, mebibytes(40))

    async with troubled.open(KEY) as blob:
        await anext(blob.chunks)
        assert proxy.open
    await until(lambda: not proxy.open, 20)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"bucket": "no-such-bucket"}, "the bucket does not exist"),
        ({"key": "AKIAMARKERKEY"}, "the store does not know the access key"),
        ({"secret": "marker-secret"}, "the secret does not belong to the access key"),
        ({"token": "marker-token"}, "the store does not take the session token"),
        ({"endpoint": "http://127.0.0.1:1"}, "the store cannot be reached, or does not answer"),
    ],
    ids=["bucket", "key", "secret", "token", "endpoint"],
)
async def test_a_refusal_is_told_in_our_words_alone(
    bucket: S3Bucket, other: dict[str, str], sentence: str
) -> None:
    value = bucket.value(**other)
    store = S3Store(S3Place(**value), TWICE)

    with pytest.raises(BlobUnavailable) as caught:
        await put(store, KEY, b"content")

    assert isinstance(caught.value, BlobRefused) is ("endpoint" not in other)
    assert str(caught.value) == f"cannot write object {KEY}: {sentence}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    doing = (store.stat(KEY), store.delete(KEY), get(store, KEY))
    for outcome in await asyncio.gather(*doing, return_exceptions=True):
        assert isinstance(outcome, BlobError)
        assert not [each for each in value.values() if str(each) in str(outcome)]


async def test_what_the_environment_says_is_not_mixed_with_a_configuration(
    bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-the-environment")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    store = S3Store(S3Place(**bucket.value()), Limits(tries=1))

    await put(store, KEY, b"content")

    assert await get(store, KEY) == b"content"


async def test_without_a_key_the_credentials_are_those_of_the_environment(
    bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", bucket.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", bucket.secret)
    store = S3Store(S3Place(**bucket.value(key=None, secret=None)), Limits(tries=2))

    await put(store, KEY, b"content")

    assert await get(store, KEY) == b"content"


def test_parts_grow_only_where_there_would_be_too_many() -> None:
    assert part_bytes(None) == part_bytes(0) == part_bytes(10_000 * PART_BYTES) == PART_BYTES
    assert part_bytes(10_000 * PART_BYTES + 1) == PART_BYTES + MEBIBYTE
    assert part_bytes(5 << 40) * 10_000 >= 5 << 40


async def test_a_large_blob_is_written_and_read_in_little_memory(store: S3Store) -> None:
    """What is held is bounded by the parts on their way, not by the blob."""
    held = _most_memory_from_now_on()
    await store.write(KEY, mebibytes(96), 96 * MEBIBYTE)
    async with store.open(KEY) as blob:
        assert max([len(chunk) async for chunk in blob.chunks]) <= CHUNK_BYTES
    assert _most_memory() - held < 64 * MEBIBYTE


def _most_memory_from_now_on() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _most_memory()


def _most_memory() -> int:
    [line] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) << 10
