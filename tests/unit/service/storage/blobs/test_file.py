from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.storage.blobs.file import INCOMING, FileStore
from service.storage.blobs.store import BlobNotFound, BlobStore, BlobUnavailable
from tests.unit.service.storage.blobs.contract import KEY, StoreContract, broken, get, put


class Killed(BaseException):
    """The process died here."""


class TestFileStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return FileStore(tmp_path / "not" / "yet" / "made")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


@pytest.fixture
def store(root: Path) -> FileStore:
    return FileStore(root)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_a_blob_is_a_plain_file_under_its_key(store: FileStore, root: Path) -> None:
    await put(store, KEY, b"content")

    assert (root / KEY).read_bytes() == b"content"
    assert list((root / INCOMING).iterdir()) == []


async def test_a_file_put_there_by_hand_is_a_blob(store: FileStore, root: Path) -> None:
    (root / "aips").mkdir()
    (root / KEY).write_bytes(b"by hand")

    assert await get(store, KEY) == b"by hand"


async def test_a_broken_write_leaves_no_file(store: FileStore, root: Path) -> None:
    with pytest.raises(ConnectionError):
        await store.write(KEY, broken(b"half"))

    assert files(root) == []


async def test_a_delete_removes_what_a_killed_write_left(store: FileStore, root: Path) -> None:
    other = await _leave_half_written(store, root, KEY + "x")
    await _leave_half_written(store, root, KEY)
    await store.delete(KEY)

    assert list((root / INCOMING).iterdir()) == [other]


async def test_a_folder_is_no_blob(store: FileStore, root: Path) -> None:
    (root / KEY).mkdir(parents=True)

    assert not await store.exists(KEY)
    with pytest.raises(BlobNotFound):
        await get(store, KEY)
    with pytest.raises(BlobNotFound):
        await get(store, "aips/2d3e/below")


async def test_a_key_below_a_blob_is_not_found(store: FileStore) -> None:
    await put(store, "aips", b"a file where a folder should be")

    assert not await store.exists(KEY)
    await store.delete(KEY)
    with pytest.raises(BlobUnavailable, match="cannot write object"):
        await put(store, KEY, b"content")


async def test_a_link_in_the_place_of_a_blob_is_never_followed(
    store: FileStore, root: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (root / "aips").mkdir()
    (root / KEY).symlink_to(secret)

    with pytest.raises(BlobUnavailable, match="not a plain file"):
        await get(store, KEY)
    with pytest.raises(BlobUnavailable, match="not a plain file"):
        await store.exists(KEY)
    await put(store, KEY, b"content")
    assert await get(store, KEY) == b"content"
    assert secret.read_bytes() == b"secret"


async def test_a_folder_that_leads_out_of_the_root_is_refused(
    store: FileStore, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / KEY.removeprefix("aips/")).write_bytes(b"secret")
    (root / "aips").symlink_to(outside)

    for attempt in (get(store, KEY), put(store, KEY, b""), store.delete(KEY), store.exists(KEY)):
        with pytest.raises(BlobUnavailable, match="outside the location"):
            await attempt
    assert len(list(outside.iterdir())) == 1


async def test_a_pipe_is_no_blob_and_holds_nobody_up(store: FileStore, root: Path) -> None:
    (root / "aips").mkdir()
    os.mkfifo(root / KEY)

    with pytest.raises(BlobUnavailable, match="not a plain file"):
        await get(store, KEY)


async def test_an_error_does_not_tell_the_path(store: FileStore, root: Path) -> None:
    (root / INCOMING).write_bytes(b"in the way")

    with pytest.raises(BlobUnavailable, match="cannot write object") as caught:
        await put(store, KEY, b"content")
    assert str(root) not in str(caught.value)


async def test_two_ways_to_a_folder_are_one_address(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    outer = FileStore(root)
    inner = FileStore(root / "aips")
    linked = FileStore((tmp_path / "link" / "aips").resolve())
    await put(outer, "aips/one", b"content")

    assert await outer.address("aips/one") == await inner.address("one")
    assert await linked.address("one") == await inner.address("one")
    assert await outer.address("one") != await inner.address("one")


async def _leave_half_written(store: FileStore, root: Path, key: str) -> Path:
    """Leave what a process leaves that is killed in the middle of a write."""
    folder = root / INCOMING
    before = set(folder.iterdir()) if folder.exists() else set()

    async def until_killed() -> AsyncIterator[bytes]:
        yield b"half"
        (half,) = set(folder.iterdir()) - before
        os.link(half, folder / f"{half.name}-kept")
        raise Killed

    with pytest.raises(Killed):
        await store.write(key, until_killed())
    (left,) = set(folder.iterdir()) - before
    return left
