"""A storage domain with folders, whose packages are moved by engines that come and go."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, AIPWorkflow, TaskStatus, WorkflowStatus
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Retry, RunStatus, Workflow
from service.storage.aips import find_aip
from service.storage.blobs.file import FileStore
from service.storage.blobs.store import BlobUnavailable
from service.storage.move_workflow import move_workflow
from service.storage.moving import move_aip, move_identifier
from service.storage.rows import AIPRow
from service.storage.workflows import list_aip_workflows
from tests.unit.service.conftest import Domain
from tests.unit.service.storage.dying import Death

CONTENT = bytes(range(256)) * 5000
AT_ONCE = Retry(attempts=2, seconds=0.0)
POINTS = 18
"""Where a move can be killed: three points in each of four steps, two where each of two activities
makes sure, two in its end."""
UNDO_POINTS = 14
"""The same of its undoing: three in each step, less the one that is done already."""


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

    def idle_engine(self) -> EmbeddedEngine[StorageEvent]:
        """An engine that records runs and performs none."""
        return EmbeddedEngine(self.domain.database, self.domain.transactions, [self.workflow])

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


async def check_moved(archive: Archive, package: UUID, shelf: UUID) -> None:
    row, work = await archive.row(package), await archive.work(package)
    assert (row.status, row.location_uuid) == (AIPStatus.STORED, shelf)
    assert content(archive.on("shelf", package)) == CONTENT
    assert content(archive.inside(package)) is None
    assert await archive.idle_engine().status(move_identifier(package)) is RunStatus.COMPLETED
    assert (work.status, work.completed_at is not None) == (WorkflowStatus.DONE, True)
    assert [(task.name, task.status) for task in work.tasks or []] == [
        ("Copy AIP", TaskStatus.DONE),
        ("Delete AIP", TaskStatus.DONE),
    ]
    await check_events(archive, package, work)


async def check_returned(archive: Archive, package: UUID) -> None:
    row, work = await archive.row(package), await archive.work(package)
    assert (row.status, row.location_uuid) == (AIPStatus.PENDING, None)
    assert content(archive.inside(package)) == CONTENT
    assert content(archive.on("shelf", package)) is None
    assert await archive.idle_engine().status(move_identifier(package)) is RunStatus.FAILED
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
