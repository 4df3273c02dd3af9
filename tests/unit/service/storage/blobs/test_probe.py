from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path

import pytest

from service.storage.blobs import probe as module
from service.storage.blobs.file import FileStore
from service.storage.blobs.probe import probe
from service.storage.blobs.s3 import S3Store
from service.storage.blobs.s3_place import S3Place
from service.storage.blobs.store import BlobUnavailable
from tests.servers.s3_server import S3Server
from tests.servers.troubled_proxy import Trouble, TroubledProxy


class Changing(FileStore):
    """A disk that does not keep what it is given."""

    async def write(self, key: str, chunks: AsyncIterable[bytes], size: int | None = None) -> None:
        async def other() -> AsyncIterator[bytes]:
            yield b"other"

        await super().write(key, other())


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


async def test_of_a_good_folder_nothing_is_left(tmp_path: Path) -> None:
    await probe(FileStore(tmp_path / "shelf"))
    assert files(tmp_path) == []


async def test_in_a_good_bucket_nothing_is_left(s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    await probe(S3Store(S3Place(**bucket.value())))
    assert s3_server.keys(bucket) == []


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "shelf").write_bytes(b"a file")
    with pytest.raises(BlobUnavailable, match=r"^cannot write object storage-service-probe-"):
        await probe(FileStore(tmp_path / "shelf"))


async def test_a_store_that_keeps_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(BlobUnavailable, match="read differently than it was written"):
        await probe(Changing(tmp_path))
    assert files(tmp_path) == []


async def test_a_store_that_may_be_written_but_not_read_is_told(s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    async with TroubledProxy(bucket.endpoint).running() as proxy:
        proxy.trouble = lambda line: Trouble.FAILURE if line[:3] == "GET" else Trouble.NONE
        with pytest.raises(BlobUnavailable, match=r"^cannot read object .*: the store failed$"):
            await probe(S3Store(S3Place(**bucket.value(endpoint=proxy.endpoint))))
    assert s3_server.keys(bucket) == []


async def test_a_silent_store_is_given_up(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.5)
    bucket = s3_server.new_bucket()
    async with TroubledProxy(bucket.endpoint).running() as proxy:
        proxy.trouble = lambda line: Trouble.SILENCE
        with pytest.raises(BlobUnavailable, match=r"did not answer within 0\.5 s"):
            await probe(S3Store(S3Place(**bucket.value(endpoint=proxy.endpoint))))
