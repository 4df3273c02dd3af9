from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from generated.storage.errors import FailedDependency
from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, AIPWorkflow, TaskStatus, WorkflowStatus
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Retry, RunStatus, Workflow
from service.storage.aips import NIL, find_aip
from service.storage.blobs.file import INCOMING, FileStore
from service.storage.blobs.store import BlobUnavailable
from service.storage.move_workflow import move_workflow
from service.storage.moving import move_aip, move_identifier, move_status
from service.storage.rows import AIPRow
from service.storage.workflows import list_aip_workflows
from tests.unit.service.conftest import Domain
from tests.unit.service.storage.dying import Death, Killed

CONTENT = bytes(range(256)) * 5000
AT_ONCE = Retry(attempts=2, seconds=0.0)
POINTS = 14
"""Where a move can be killed: three points in each of four steps, two in its end."""
UNDO_POINTS = 12
"""Where the undoing can be killed: before, in and after each of its steps that is not done yet."""


@dataclass
class Archive:
    """A domain with folders, and engines that come and go."""

    domain: Domain
    folder: Path
    engines: list[EmbeddedEngine[StorageEvent]] = field(default_factory=list)

    @property
    def workflow(self) -> Workflow[StorageEvent]:
        return move_workflow(
            self.domain.database, self.domain.configurations, copying=AT_ONCE, deleting=AT_ONCE
        )

    async def engine(
        self, workflow: Workflow[StorageEvent] | None = None
    ) -> EmbeddedEngine[StorageEvent]:
        """Begin the next life of the service."""
        await self.close()
        engine = EmbeddedEngine(
            self.domain.database, self.domain.transactions, [workflow or self.workflow]
        )
        self.engines.append(engine)
        await engine.open()
        return engine

    async def close(self) -> None:
        for engine in self.engines:
            await engine.close()

    def inside(self, package: UUID) -> Path:
        return self.folder / "internal" / "aips" / str(package)

    def on(self, shelf: str, package: UUID) -> Path:
        return self.folder / "locations" / shelf / str(package)

    async def package(
        self, status: AIPStatus = AIPStatus.STORED, content: bytes | None = CONTENT
    ) -> UUID:
        row = await self.domain.add_aip(status=status)
        if content is not None:
            put(self.inside(row.uuid), content)
        return row.uuid

    async def move(
        self, engine: EmbeddedEngine[StorageEvent], package: UUID, target: UUID
    ) -> RunStatus:
        await self.begin(engine, package, target)
        return await ended(engine, package)

    async def begin(
        self, engine: EmbeddedEngine[StorageEvent], package: UUID, target: UUID
    ) -> None:
        async with self.domain.begin("move_aip") as transaction:
            await move_aip(transaction, engine, self.domain.configurations, package, target)

    async def killed(self, package: UUID, target: UUID, at: int) -> None:
        """Move a package and die at a point."""
        engine = await self.engine(Death(at).in_perform(self.workflow))
        await self.begin(engine, package, target)
        await self.ended_or_killed(engine, package)
        assert engine._left

    async def live(self, package: UUID, workflow: Workflow[StorageEvent]) -> None:
        """Go on in another life, until the work on a package ends or kills that as well."""
        await self.ended_or_killed(await self.engine(workflow), package)

    async def ended_or_killed(self, engine: EmbeddedEngine[StorageEvent], package: UUID) -> None:
        async with asyncio.timeout(20):
            while True:
                if engine._left:
                    return
                if await engine.status(move_identifier(package)) is not RunStatus.RUNNING:
                    return
                await asyncio.sleep(0.002)

    async def row(self, package: UUID) -> AIPRow:
        async with self.domain.database.read() as session:
            return await find_aip(session, package)

    async def work(self, package: UUID) -> AIPWorkflow:
        """Return the one workflow of a package."""
        async with self.domain.database.read() as session:
            (workflow,) = (await list_aip_workflows(session, package)).workflows or []
        return workflow

    async def told(self, package: UUID) -> list[str]:
        """Tell what a watcher is told about a package and the work on it."""
        return [
            _line(event.tag, json.loads(event.payload)["item"])
            for event in await self.domain.logged()
            if str(package).encode() in event.payload or event.tag.startswith("aip_task")
        ]


def _line(tag: str, item: dict[str, str]) -> str:
    name = tag.removeprefix("aip_").removesuffix("_event")
    where = " on shelf" if "location_uuid" in item else ""
    return f"{name}: {item['status']}{where}" + (f", {item['note']}" if "note" in item else "")


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


DELETE = FileStore.delete


async def delete_only_on_shelves(store: FileStore, key: str) -> None:
    if key.startswith("aips/"):
        raise BlobUnavailable(f"cannot delete object {key}: Read-only file system")
    await DELETE(store, key)


async def ended(engine: EmbeddedEngine[StorageEvent], package: UUID) -> RunStatus:
    async with asyncio.timeout(20):
        while True:
            status = await engine.status(move_identifier(package))
            if status is not RunStatus.RUNNING:
                return status
            await asyncio.sleep(0.002)


@pytest.fixture
async def archive(domain: Domain, tmp_path: Path) -> AsyncIterator[Archive]:
    archive = Archive(domain, tmp_path)
    with capture_logs():
        yield archive
        await archive.close()


async def test_a_move_is_told_step_by_step(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package(AIPStatus.PENDING)
    engine = await archive.engine()

    assert await archive.move(engine, package, shelf.uuid) is RunStatus.COMPLETED

    assert content(archive.on("shelf", package)) == CONTENT
    assert content(archive.inside(package)) is None
    assert await archive.told(package) == [
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
    engine = await archive.engine()

    for target, place in (
        (shelf.uuid, archive.on("shelf", package)),
        (attic.uuid, archive.on("attic", package)),
        (NIL, archive.inside(package)),
    ):
        assert await archive.move(engine, package, target) is RunStatus.COMPLETED
        assert content(place) == CONTENT
        row = await archive.row(package)
        assert row.location_uuid == (None if target == NIL else target)
        assert row.status is AIPStatus.STORED
    assert content(archive.on("shelf", package)) is None
    assert content(archive.on("attic", package)) is None


async def test_the_status_of_a_move_is_that_of_its_run(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    moved, missing = await archive.package(), await archive.package(content=None)
    engine = await archive.engine()
    await archive.move(engine, moved, shelf.uuid)
    await archive.move(engine, missing, shelf.uuid)

    assert (await move_status(archive.domain.database, engine, moved)).done
    with pytest.raises(FailedDependency):
        await move_status(archive.domain.database, engine, missing)


@pytest.mark.parametrize("status", ["stored", "pending", "unspecified"])
async def test_a_package_without_bytes_comes_back_as_it_was(archive: Archive, status: str) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package(AIPStatus(status), content=None)
    engine = await archive.engine()

    assert await archive.move(engine, package, shelf.uuid) is RunStatus.FAILED

    assert await archive.told(package) == [
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
    engine = await archive.engine()

    assert await archive.move(engine, package, shelf.uuid) is RunStatus.FAILED
    assert content(archive.on("shelf", package)) == b"put there by hand"


async def test_a_target_that_cannot_be_written_brings_the_package_back(archive: Archive) -> None:
    shelf = await archive.domain.add_location("file/below")
    package = await archive.package()
    put(archive.folder / "locations" / "file", b"a file where a folder should be")
    engine = await archive.engine()

    assert await archive.move(engine, package, shelf.uuid) is RunStatus.FAILED

    assert content(archive.inside(package)) == CONTENT
    assert (await archive.row(package)).status is AIPStatus.STORED
    (task,) = (await archive.work(package)).tasks or []
    assert task.note == (
        f"Failed to copy AIP to target location\ncannot write object {package}: Not a directory"
    )


async def test_two_locations_in_one_folder_lose_nothing(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    (archive.folder / "locations").mkdir()
    (archive.folder / "locations" / "same").symlink_to(archive.folder / "locations" / "shelf")
    (archive.folder / "locations" / "shelf").mkdir()
    same = await archive.domain.add_location("same")
    row = await archive.domain.add_aip(location_uuid=shelf.uuid)
    put(archive.on("shelf", row.uuid), CONTENT)
    engine = await archive.engine()

    assert await archive.move(engine, row.uuid, same.uuid) is RunStatus.FAILED

    assert content(archive.on("shelf", row.uuid)) == CONTENT
    (task,) = (await archive.work(row.uuid)).tasks or []
    assert (task.note or "").endswith("\nsource and target are the same place")


async def test_a_source_that_cannot_be_deleted_brings_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    engine = await archive.engine()
    monkeypatch.setattr(FileStore, "delete", delete_only_on_shelves)
    assert await archive.move(engine, package, shelf.uuid) is RunStatus.FAILED

    assert content(archive.inside(package)) == CONTENT
    assert content(archive.on("shelf", package)) is None
    assert (await archive.told(package))[-5:] == [
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
    engine = await archive.engine()

    async def away(_store: FileStore, key: str) -> bool:
        raise BlobUnavailable(f"cannot read object {key}: Stale file handle")

    async def away_from_now_on(store: FileStore, key: str) -> None:
        if key.startswith("aips/"):
            monkeypatch.setattr(FileStore, "exists", away)
            raise BlobUnavailable(f"cannot delete object {key}: Stale file handle")
        await DELETE(store, key)

    monkeypatch.setattr(FileStore, "delete", away_from_now_on)
    assert await archive.move(engine, package, shelf.uuid) is RunStatus.FAILED

    row = await archive.row(package)
    assert (row.status, row.location_uuid) == (AIPStatus.PENDING, shelf.uuid)
    assert content(archive.on("shelf", package)) == CONTENT


async def test_a_move_has_as_many_points_to_be_killed_at_as_are_tried_here(
    archive: Archive,
) -> None:
    shelf = await archive.domain.add_location()
    death = Death(at=0)
    engine = await archive.engine(death.in_perform(archive.workflow))
    await archive.move(engine, await archive.package(), shelf.uuid)

    assert death.points == POINTS


@pytest.mark.parametrize("at", range(1, POINTS + 1))
async def test_a_move_killed_anywhere_and_killed_again_anywhere_goes_on(
    archive: Archive, at: int
) -> None:
    shelf = await archive.domain.add_location()
    for again_at in count(1):
        package = await archive.package(AIPStatus.PENDING)
        await archive.killed(package, shelf.uuid, at)
        death = Death(again_at)
        await archive.live(package, death.in_perform(archive.workflow))
        await archive.live(package, archive.workflow)
        await check_moved(archive, package, shelf.uuid)
        if death.points < again_at:
            break


async def check_moved(archive: Archive, package: UUID, shelf: UUID) -> None:
    row, work = await archive.row(package), await archive.work(package)
    assert (row.status, row.location_uuid) == (AIPStatus.STORED, shelf)
    assert content(archive.on("shelf", package)) == CONTENT
    assert content(archive.inside(package)) is None
    assert await archive.engines[-1].status(move_identifier(package)) is RunStatus.COMPLETED
    assert (work.status, work.completed_at is not None) == (WorkflowStatus.DONE, True)
    assert [(task.name, task.status) for task in work.tasks or []] == [
        ("Copy AIP", TaskStatus.DONE),
        ("Delete AIP", TaskStatus.DONE),
    ]
    await check_events(archive, package, work)


async def test_a_move_whose_undoing_is_killed_anywhere_brings_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    monkeypatch.setattr(FileStore, "delete", delete_only_on_shelves)
    for at in count(1):
        package = await archive.package(AIPStatus.PENDING)
        death = Death(at)
        engine = await archive.engine(death.in_undo(archive.workflow))
        await archive.begin(engine, package, shelf.uuid)
        await archive.ended_or_killed(engine, package)
        await archive.live(package, archive.workflow)
        await check_returned(archive, package)
        if death.points < at:
            assert at == UNDO_POINTS + 1
            break


async def check_returned(archive: Archive, package: UUID) -> None:
    row, work = await archive.row(package), await archive.work(package)
    assert (row.status, row.location_uuid) == (AIPStatus.PENDING, None)
    assert content(archive.inside(package)) == CONTENT
    assert content(archive.on("shelf", package)) is None
    assert await archive.engines[-1].status(move_identifier(package)) is RunStatus.FAILED
    assert (work.status, work.completed_at is not None) == (WorkflowStatus.ERROR, True)
    assert [(task.name, task.status) for task in work.tasks or []] == [
        ("Copy AIP", TaskStatus.DONE),
        ("Delete AIP", TaskStatus.ERROR),
    ]
    await check_events(archive, package, work)


async def check_events(archive: Archive, package: UUID, work: AIPWorkflow) -> None:
    """A watcher that keeps the last item of each thing ends with what is in the database."""
    seen: dict[str, list[str]] = {}
    items: dict[str, object] = {}
    ours = {str(package), str(work.uuid), *(str(task.uuid) for task in work.tasks or [])}
    for event in await archive.domain.logged():
        if event.subject in ours:
            item = json.loads(event.payload)["item"]
            assert items.get(event.subject) != item, f"told twice: {event.tag}"
            items[event.subject] = item
            seen.setdefault(event.subject, []).append(event.tag)
    assert all(["created" in tag for tag in tags].count(True) == 1 for tags in seen.values())
    assert all("created" in tags[0] for tags in seen.values())
    shown = json.loads(work.to_json())
    tasks = shown.pop("tasks")
    assert items[str(work.uuid)] == shown
    assert [items[task["uuid"]] for task in tasks] == tasks
    row = await archive.row(package)
    item = items[str(package)]
    assert isinstance(item, dict)
    assert item["status"] == row.status
    assert item.get("location_uuid") == (row.location_uuid and str(row.location_uuid))


async def test_what_a_killed_copy_left_half_written_is_removed(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.killed(package, shelf.uuid, at=4)
    incoming = archive.folder / "locations" / "shelf" / INCOMING
    store = FileStore(archive.folder / "locations" / "shelf")

    async def until_killed() -> AsyncIterator[bytes]:
        yield CONTENT
        (half,) = incoming.iterdir()
        half.rename(incoming / f"{half.name}-kept")
        raise Killed

    with pytest.raises(Killed):
        await store.write(str(package), until_killed())
    assert len(list(incoming.iterdir())) == 1
    await archive.live(package, archive.workflow)

    assert list(incoming.iterdir()) == []
    await check_moved(archive, package, shelf.uuid)


async def test_a_stop_interrupts_a_copy_and_the_next_start_makes_it_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    engine = await archive.engine()
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
    await archive.begin(engine, package, shelf.uuid)
    await begun.wait()
    await engine.close(within_seconds=0.01)
    assert (await archive.row(package)).status is AIPStatus.PROCESSING
    monkeypatch.setattr(FileStore, "write", write)
    await archive.live(package, archive.workflow)

    await check_moved(archive, package, shelf.uuid)
    assert list((archive.folder / "locations" / "shelf" / INCOMING).iterdir()) == []


async def test_a_move_that_is_canceled_brings_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    engine = await archive.engine()
    begun = asyncio.Event()

    async def hang(_store: FileStore, _key: str, _chunks: AsyncIterator[bytes], _size: int) -> None:
        begun.set()
        await asyncio.sleep(3600)

    monkeypatch.setattr(FileStore, "write", hang)
    await archive.begin(engine, package, shelf.uuid)
    await begun.wait()
    async with archive.domain.begin("move_aip") as transaction:
        await engine.cancel(transaction, move_identifier(package))

    assert await ended(engine, package) is RunStatus.CANCELED
    row = await archive.row(package)
    assert (row.status, row.location_uuid) == (AIPStatus.STORED, None)
    assert content(archive.inside(package)) == CONTENT
    with pytest.raises(FailedDependency):
        await move_status(archive.domain.database, engine, package)
