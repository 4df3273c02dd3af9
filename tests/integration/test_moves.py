"""Packages move between real folders, as the ingest side makes them move."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from generated.clients.python.storage import StorageClient
from generated.storage.errors import FailedDependency
from generated.storage.models import AIP, AIPWorkflow, MoveAIP
from tests.integration.dashboard import Dashboard, Frame
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until

INTERNAL = UUID(int=0)
BYTES = os.urandom(300_000)
MUCH = 4 << 30
"""More bytes than can be copied before anybody looks; they are a hole, and take no room."""


@dataclass(frozen=True)
class Shelf:
    """A location, and the folder behind it."""

    uuid: UUID
    folder: Path

    def file(self, aip: UUID) -> Path:
        return self.folder / str(aip)


@dataclass(frozen=True)
class Archive:
    """A server, and who works with it."""

    server: StorageServer
    dashboard: Dashboard
    worker: StorageClient

    async def add_shelf(self) -> Shelf:
        folder = self.server.folder / "locations" / os.urandom(8).hex()
        config = {"type": "url", "value": {"url": folder.as_uri()}}
        return Shelf(UUID(await self.dashboard.create_location(config=config)), folder)

    async def add_package(self, content: bytes | None = BYTES) -> UUID:
        """Register a package whose bytes lie in the internal location."""
        aip = UUID(await self.dashboard.create_aip())
        self.inside(aip).parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            self.inside(aip).write_bytes(content)
        return aip

    def inside(self, aip: UUID) -> Path:
        return self.server.folder / "internal" / "aips" / str(aip)

    async def move(self, aip: UUID, location: UUID) -> None:
        """Move as the ingest worker does: ask for it, then ask until it is done."""
        await self.worker.move_aip(MoveAIP(location_uuid=location), uuid=aip)
        await self.arrival(aip)

    async def arrival(self, aip: UUID) -> None:
        async with asyncio.timeout(20):
            while True:
                if (await self.worker.move_aip_status(uuid=aip)).done:
                    return
                await asyncio.sleep(0.02)

    async def show(self, aip: UUID) -> AIP:
        return await self.worker.show_aip(uuid=aip)

    async def workflow(self, aip: UUID) -> AIPWorkflow:
        """The one workflow of a package."""
        [workflow] = (await self.worker.list_aip_workflows(uuid=aip)).workflows or []
        return workflow


@asynccontextmanager
async def at_work(server: StorageServer) -> AsyncIterator[Archive]:
    async with (
        Dashboard(server) as dashboard,
        StorageClient(server.url, token=server.token("storage:aips:*")) as worker,
    ):
        yield Archive(server, dashboard, worker)


@pytest.fixture
async def archive(shared_server: StorageServer) -> AsyncIterator[Archive]:
    async with at_work(shared_server) as archive:
        yield archive


async def test_a_package_moves_to_a_location_and_back_with_all_its_bytes(archive: Archive) -> None:
    shelf = await archive.add_shelf()
    aip = await archive.add_package()

    await archive.move(aip, shelf.uuid)
    assert shelf.file(aip).read_bytes() == BYTES
    assert not archive.inside(aip).exists()
    moved = await archive.show(aip)
    assert (moved.status, moved.location_uuid) == ("stored", shelf.uuid)

    await archive.move(aip, INTERNAL)
    assert archive.inside(aip).read_bytes() == BYTES
    assert not shelf.file(aip).exists()
    returned = await archive.show(aip)
    assert (returned.status, returned.location_uuid) == ("stored", None)


async def test_a_move_is_answered_at_once_and_told_step_by_step(archive: Archive) -> None:
    shelf = await archive.add_shelf()
    aip = await archive.add_package()
    async with archive.dashboard.watch("*") as watching:
        path, body = f"/storage/aips/{aip}/store", {"location_uuid": str(shelf.uuid)}
        answer = await archive.dashboard.ask("POST", path, body)
        assert (answer.status_code, answer.content) == (202, b"")
        frames = await watching.until("aip_workflow_updated_event")
    assert [told(frame) for frame in frames[1:]] == [
        ("aip_updated_event", "processing"),
        ("aip_workflow_created_event", "in progress"),
        ("aip_task_created_event", "Copying AIP to target location"),
        ("aip_task_updated_event", "AIP copied to target location"),
        ("aip_updated_event", "processing"),
        ("aip_task_created_event", "Deleting AIP from source location"),
        ("aip_task_updated_event", "AIP deleted from source location"),
        ("aip_updated_event", "stored"),
        ("aip_workflow_updated_event", "done"),
    ]
    places = [each.item.get("location_uuid") for each in frames if each.tag == "aip_updated_event"]
    assert places == [None, str(shelf.uuid), str(shelf.uuid)]
    done = await archive.dashboard.ask("GET", path)
    assert (done.status_code, done.text) == (200, '{"done":true}\n')


def told(frame: Frame) -> tuple[str, str]:
    return frame.tag, frame.item.get("note") or frame.item["status"]


async def test_a_package_without_bytes_stays_where_it_is_and_the_reason_is_told(
    archive: Archive,
) -> None:
    shelf = await archive.add_shelf()
    aip = await archive.add_package(content=None)
    async with archive.dashboard.watch("storage:aips:*") as watching:
        with pytest.raises(FailedDependency, match="cannot perform operation"):
            await archive.move(aip, shelf.uuid)
        frames = await watching.until("aip_workflow_updated_event")
    assert [told(frame) for frame in frames[-3:]] == [
        (
            "aip_task_updated_event",
            f"Failed to copy AIP to target location\nobject aips/{aip} not found",
        ),
        ("aip_updated_event", "stored"),
        ("aip_workflow_updated_event", "error"),
    ]
    restored = await archive.show(aip)
    assert (restored.status, restored.location_uuid) == ("stored", None)


async def test_of_two_moves_at_once_one_is_begun(archive: Archive) -> None:
    shelves = [await archive.add_shelf() for _ in range(2)]
    aip = await archive.add_package()
    path = f"/storage/aips/{aip}/store"
    answers = await asyncio.gather(
        *(
            archive.dashboard.ask("POST", path, {"location_uuid": str(shelf.uuid)})
            for shelf in shelves
        )
    )
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["name"] == "not_available"
    await archive.arrival(aip)
    assert [shelf.file(aip).exists() for shelf in shelves].count(True) == 1
    assert (await archive.workflow(aip)).status == "done"


async def test_a_move_that_is_killed_goes_on_when_the_service_comes_back(
    storage_server: StorageServer,
) -> None:
    async with at_work(storage_server) as archive:
        shelf = await archive.add_shelf()
        aip = await archive.add_package()
        os.truncate(archive.inside(aip), MUCH)
        await archive.worker.move_aip(MoveAIP(location_uuid=shelf.uuid), uuid=aip)
        await until(lambda: anything_in(shelf.folder))
        assert not (await archive.worker.move_aip_status(uuid=aip)).done
        storage_server.kill()
    os.truncate(archive.inside(aip), len(BYTES))

    storage_server.start()
    async with at_work(storage_server) as archive:
        await archive.arrival(aip)
        moved = await archive.show(aip)
        assert (moved.status, moved.location_uuid) == ("stored", shelf.uuid)
        assert shelf.file(aip).read_bytes() == BYTES
        assert [each for each in shelf.folder.rglob("*") if each.is_file()] == [shelf.file(aip)]
        assert not archive.inside(aip).exists()
        workflow = await archive.workflow(aip)
        assert workflow.status == "done"
        assert [task.status for task in workflow.tasks or []] == ["done", "done"]


def anything_in(folder: Path) -> bool:
    return any(file.stat().st_size for file in folder.rglob("*") if file.is_file())
