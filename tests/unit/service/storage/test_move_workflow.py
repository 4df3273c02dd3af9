from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from generated.storage.errors import FailedDependency
from generated.storage.models import AIPStatus
from runtime.durable.engine import RunStatus
from runtime.durable.retention import RunRetention
from service.storage.aips import NIL
from service.storage.blobs.file import FileStore
from service.storage.blobs.same_place import MARKER
from service.storage.blobs.store import BlobUnavailable
from service.storage.moving import move_identifier, move_status
from tests.unit.service.storage.archive import (
    CONTENT,
    DELETE,
    Archive,
    content,
    delete_only_on_shelves,
    put,
)
from tests.unit.service.storage.outcome import outcome
from tests.unit.service.storage.telling import told


async def test_a_move_is_told_step_by_step(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package(AIPStatus.PENDING)
    await archive.live()

    assert await archive.move(package, shelf.uuid) is RunStatus.COMPLETED

    assert content(archive.on("shelf", package)) == CONTENT
    assert content(archive.inside(package)) is None
    assert await told(archive, package) == [
        "created: pending",
        "updated: processing",
        "workflow_created: in progress",
        "task_created: in progress, Copying AIP to target location",
        "task_updated: done, AIP copied to target location",
        "updated: processing on shelf",
        "task_created: in progress, Deleting AIP from source location",
        "task_updated: done, AIP deleted from source location",
        "updated: stored on shelf",
        "workflow_updated: done",
    ]
    work = await archive.work(package)
    assert (work.type, work.temporal_id) == ("move aip", f"storage-move-workflow-{package}")
    assert [task.name for task in work.tasks or []] == ["Copy AIP", "Delete AIP"]
    assert all(task.completed_at for task in work.tasks or [])


async def test_a_package_moves_from_shelf_to_shelf_and_back_inside(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    attic = await archive.domain.add_location("attic")
    package = await archive.package()
    await archive.live()

    for target, place in (
        (shelf.uuid, archive.on("shelf", package)),
        (attic.uuid, archive.on("attic", package)),
        (NIL, archive.inside(package)),
    ):
        assert await archive.move(package, target) is RunStatus.COMPLETED
        assert content(place) == CONTENT
        row = await archive.row(package)
        assert row.location_uuid == (None if target == NIL else target)
        assert row.status is AIPStatus.STORED
    assert content(archive.on("shelf", package)) is None
    assert content(archive.on("attic", package)) is None


async def test_the_status_of_a_move_is_that_of_its_run(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    moved, missing = await archive.package(), await archive.package(content=None)
    await archive.live()
    await archive.move(moved, shelf.uuid)
    await archive.move(missing, shelf.uuid)

    assert (await move_status(archive.domain.database, archive.now, moved)).done
    with pytest.raises(FailedDependency):
        await move_status(archive.domain.database, archive.now, missing)


async def test_how_a_move_ended_is_known_when_the_engine_has_forgotten_it(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    moved, missing = await archive.package(), await archive.package(content=None)
    await archive.live()
    await archive.move(moved, shelf.uuid)
    await archive.move(missing, shelf.uuid)
    retention = RunRetention(archive.domain.database, archive.now, keep_seconds=1)
    assert await retention.prune(datetime.now(UTC) + timedelta(seconds=2)) == 2

    assert await archive.now.status(move_identifier(moved)) is RunStatus.NONE
    assert (await move_status(archive.domain.database, archive.now, moved)).done
    with pytest.raises(FailedDependency):
        await move_status(archive.domain.database, archive.now, missing)
    assert len(await archive.works(moved)) == 1


@pytest.mark.parametrize("status", ["stored", "pending", "unspecified"])
async def test_a_package_without_bytes_comes_back_as_it_was(archive: Archive, status: str) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package(AIPStatus(status), content=None)
    await archive.live()

    assert await archive.move(package, shelf.uuid) is RunStatus.FAILED

    assert await told(archive, package) == [
        f"created: {status}",
        "updated: processing",
        "workflow_created: in progress",
        "task_created: in progress, Copying AIP to target location",
        "task_updated: error, Failed to copy AIP to target location\n"
        f"object aips/{package} not found",
        f"updated: {status}",
        "workflow_updated: error",
    ]


async def test_bytes_at_the_target_are_not_taken_for_a_leftover_of_a_missing_source(
    archive: Archive,
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package(content=None)
    put(archive.on("shelf", package), b"put there by hand")
    await archive.live()

    assert await archive.move(package, shelf.uuid) is RunStatus.FAILED
    assert content(archive.on("shelf", package)) == b"put there by hand"


async def test_a_target_that_cannot_be_written_brings_the_package_back(archive: Archive) -> None:
    shelf = await archive.domain.add_location("file/below")
    package = await archive.package()
    put(archive.folder / "locations" / "file", b"a file where a folder should be")
    await archive.live()

    assert await archive.move(package, shelf.uuid) is RunStatus.FAILED

    assert content(archive.inside(package)) == CONTENT
    assert (await archive.row(package)).status is AIPStatus.STORED
    (task,) = (await archive.work(package)).tasks or []
    assert task.note == (
        "Failed to copy AIP to target location\n"
        f"cannot write object {package}{MARKER}: Not a directory"
    )


async def test_two_locations_in_one_folder_lose_nothing(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    (archive.folder / "locations").mkdir()
    (archive.folder / "locations" / "same").symlink_to(archive.folder / "locations" / "shelf")
    (archive.folder / "locations" / "shelf").mkdir()
    same = await archive.domain.add_location("same")
    row = await archive.domain.add_aip(location_uuid=shelf.uuid)
    put(archive.on("shelf", row.uuid), CONTENT)
    await archive.live()

    assert await archive.move(row.uuid, same.uuid) is RunStatus.FAILED

    assert content(archive.on("shelf", row.uuid)) == CONTENT
    (task,) = (await archive.work(row.uuid)).tasks or []
    assert (task.note or "").endswith("\nsource and target are the same place")


async def test_a_source_that_cannot_be_deleted_brings_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.live()
    monkeypatch.setattr(FileStore, "delete", delete_only_on_shelves)
    assert await archive.move(package, shelf.uuid) is RunStatus.FAILED

    assert content(archive.inside(package)) == CONTENT
    assert content(archive.on("shelf", package)) is None
    assert (await told(archive, package))[-5:] == [
        "task_created: in progress, Deleting AIP from source location",
        "updated: processing",
        "task_updated: error, Failed to delete AIP from source location\n"
        f"cannot delete object aips/{package}: Read-only file system",
        "updated: stored",
        "workflow_updated: error",
    ]


async def test_a_source_that_nobody_can_look_at_leaves_the_package_with_its_good_copy(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package(AIPStatus.PENDING)
    await archive.live()

    async def away(_store: FileStore, key: str) -> bool:
        raise BlobUnavailable(f"cannot read object {key}: Stale file handle")

    async def away_from_now_on(store: FileStore, key: str) -> None:
        if key.startswith("aips/"):
            monkeypatch.setattr(FileStore, "exists", away)
            raise BlobUnavailable(f"cannot delete object {key}: Stale file handle")
        await DELETE(store, key)

    monkeypatch.setattr(FileStore, "delete", away_from_now_on)
    assert await archive.move(package, shelf.uuid) is RunStatus.FAILED

    row = await archive.row(package)
    assert (row.status, row.location_uuid) == (AIPStatus.PENDING, shelf.uuid)
    assert content(archive.on("shelf", package)) == CONTENT


async def test_a_stop_interrupts_a_copy_and_the_next_start_makes_it_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.live()
    begun = asyncio.Event()
    write = FileStore.write

    async def slow(
        store: FileStore, key: str, chunks: AsyncIterator[bytes], size: int | None = None
    ) -> None:
        async def slowed() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield chunk
                begun.set()
                await asyncio.sleep(3600)

        await write(store, key, slowed())

    monkeypatch.setattr(FileStore, "write", slow)
    await archive.begin_move(package, shelf.uuid)
    await begun.wait()
    await archive.now.close(within_seconds=0.01)
    assert (await archive.row(package)).status is AIPStatus.PROCESSING
    monkeypatch.setattr(FileStore, "write", write)
    await archive.live()

    assert await archive.moved(package) is RunStatus.COMPLETED
    assert (await outcome(archive, package)).bytes == ["shelf"]


async def test_a_move_that_is_canceled_brings_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.live()
    begun = asyncio.Event()
    write = FileStore.write

    async def hang(store: FileStore, key: str, chunks: AsyncIterator[bytes], size: int) -> None:
        if key.endswith(MARKER):
            await write(store, key, chunks, size)
            return
        begun.set()
        await asyncio.sleep(3600)

    monkeypatch.setattr(FileStore, "write", hang)
    await archive.begin_move(package, shelf.uuid)
    await begun.wait()
    async with archive.domain.begin("move_aip") as transaction:
        await archive.now.cancel(transaction, move_identifier(package))

    assert await archive.moved(package) is RunStatus.CANCELED
    row = await archive.row(package)
    assert (row.status, row.location_uuid) == (AIPStatus.STORED, None)
    assert content(archive.inside(package)) == CONTENT
    with pytest.raises(FailedDependency):
        await move_status(archive.domain.database, archive.now, package)
