"""Packages in a bucket that are deleted: asked for, reviewed, gone, reported on; and S3 away meanwhile.

The service reaches the bucket of the location, and that of the internal one, each by a way of its
own, which is cut while the bucket is away.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.proxy import Proxy
from tests.integration.conftest import without_errors
from tests.integration.dashboard import Dashboard, Frame, Watching
from tests.servers.s3_server import S3Bucket, S3Server
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until
from tests.unit.service.storage.reports.pdf_text import text_of

BYTES = b"the bytes of a package"


@dataclass(frozen=True)
class Place:
    """A bucket, and the way to it."""

    bucket: S3Bucket
    way: Proxy

    @property
    def value(self) -> dict[str, Any]:
        return self.bucket.value(endpoint=self.way.url)

    def goes_away(self) -> None:
        self.way.refuses = True
        self.way.reset()

    def comes_back(self) -> None:
        self.way.refuses = False


@dataclass(frozen=True)
class Archive:
    """A service, its places, and the people who ask it."""

    server: StorageServer
    s3: S3Server
    inside: Place
    shelf: Place
    people: Dashboard

    async def ask(self, method: str, path: str, body: object = None, *, by: str = "ada") -> Any:
        token = self.server.token("storage:*", subject=by, email=f"{by}@test")
        answer = await self.people.ask(method, f"/storage/aips/{path}", body, token=token)
        assert answer.is_success, answer.text
        return answer

    async def package(self) -> str:
        """Put a package on a shelf in the bucket."""
        location = await self.people.create_location(
            "bucket", source="s3", config={"type": "s3", "value": self.shelf.value}
        )
        uuid = await self.people.create_aip(location_uuid=location)
        self.s3.client("s3").put_object(Bucket=self.shelf.bucket.name, Key=uuid, Body=BYTES)
        return uuid

    async def request(self, uuid: str) -> None:
        await self.ask("POST", f"{uuid}/deletion-request", {"reason": "Registered twice"})

    async def approve(self, uuid: str) -> None:
        await self.ask("POST", f"{uuid}/deletion-review", {"approved": True}, by="bob")

    async def shown(self, uuid: str) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.ask("GET", uuid)).json()
        return shown

    async def work(self, uuid: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """Where each workflow of a package stands, with its tasks."""
        listed = (await self.ask("GET", f"{uuid}/workflows")).json()["workflows"]
        return [
            (work["status"], [(task["name"], task["status"]) for task in work["tasks"]])
            for work in listed
        ]

    async def report(self, uuid: str) -> str:
        """Download the report on a deletion, and return its text."""
        answer = await self.ask("POST", f"{uuid}/deletion-report")
        cookie = answer.headers["set-cookie"].partition(";")[0]
        report = await self.people.fetch(f"/storage/aips/{uuid}/deletion-report", cookie)
        assert report.headers["content-type"] == "application/pdf"
        return text_of(report.content)

    @asynccontextmanager
    async def logs(self, *events: str) -> AsyncIterator[None]:
        """Wait at the end until the service has logged each of these as often as it is given."""
        before = Counter({event: self.server.log().count(event) for event in events})
        yield
        due = before + Counter(events)
        await until(lambda: all(self.server.log().count(each) >= due[each] for each in due), 60)


@pytest.fixture(scope="module")
def places(session_s3_server: S3Server) -> Iterator[tuple[Place, Place]]:
    with ExitStack() as stack:
        inside, shelf = (
            Place(
                session_s3_server.new_bucket(),
                stack.enter_context(Proxy(session_s3_server.endpoint)),
            )
            for _ in range(2)
        )
        yield inside, shelf


@pytest.fixture(scope="module")
def module_server(
    places: tuple[Place, Place], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StorageServer]:
    folder: Path = tmp_path_factory.mktemp("deletions")
    prefix = "SERVICE_STORAGE__INTERNAL__S3__"
    inside = {f"{prefix}{name.upper()}": str(value) for name, value in places[0].value.items()}
    with StorageServer(folder, **inside) as server:
        yield server


@pytest.fixture
async def archive(
    places: tuple[Place, Place], module_server: StorageServer, s3_server: S3Server
) -> AsyncIterator[Archive]:
    with without_errors(module_server):
        async with Dashboard(module_server) as people:
            yield Archive(module_server, s3_server, *places, people)
        for place in places:
            place.comes_back()


async def told(watching: Watching, workflow_status: str) -> list[Frame]:
    """What is told until a workflow has this status, each thing once."""
    async with asyncio.timeout(60):
        frames = await watching.until("aip_workflow_updated_event", status=workflow_status)
    frames = [frame for frame in frames if frame.tag != "storage_ping_event"]
    counted = Counter((frame.tag, str(frame.value)) for frame in frames)
    assert set(counted.values()) == {1}
    return frames


async def check_deleted(archive: Archive, uuid: str) -> None:
    key = f"reports/aip_deletion_report_{uuid}.pdf"
    shown = await archive.shown(uuid)
    assert (shown["status"], shown["deletion_report_key"]) == ("deleted", key)
    assert uuid not in archive.s3.keys(archive.shelf.bucket)
    assert key in archive.s3.keys(archive.inside.bucket)
    report = await archive.report(uuid)
    for said in (uuid, "Requestedbyada@test", "Approvedbybob@test", "Storagelocationbucket"):
        assert said in report


DONE = ("done", [("AIP deletion request", "done"), ("Delete AIP", "done")])


async def test_a_package_in_a_bucket_is_deleted_and_its_report_is_downloaded(
    archive: Archive,
) -> None:
    uuid = await archive.package()
    async with archive.people.watch("*") as watching:
        await archive.request(uuid)
        assert (await archive.shown(uuid))["status"] == "pending"
        assert uuid in archive.s3.keys(archive.shelf.bucket)
        await archive.approve(uuid)
        frames = await told(watching, "done")
    await check_deleted(archive, uuid)
    assert await archive.work(uuid) == [DONE]
    notes = [frame.item["note"] for frame in frames if frame.tag == "aip_task_updated_event"]
    assert notes[-1] == "AIP deleted from S3 source location"


async def test_a_bucket_that_is_away_for_a_while_only_delays_the_deletion(
    archive: Archive,
) -> None:
    uuid = await archive.package()
    async with archive.people.watch("*") as watching:
        await archive.request(uuid)
        archive.shelf.goes_away()
        async with archive.logs("workflow.step_failed", "workflow.step_failed"):
            await archive.approve(uuid)
        assert (await archive.shown(uuid))["status"] == "processing"
        assert uuid in archive.s3.keys(archive.shelf.bucket)
        archive.shelf.comes_back()
        await told(watching, "done")
    await check_deleted(archive, uuid)
    assert await archive.work(uuid) == [DONE]


async def test_a_bucket_that_is_away_for_too_long_brings_the_package_back_for_another_request(
    archive: Archive,
) -> None:
    uuid = await archive.package()
    async with archive.people.watch("*") as watching:
        await archive.request(uuid)
        archive.shelf.goes_away()
        async with archive.logs("workflow.undone"):
            await archive.approve(uuid)
        archive.shelf.comes_back()
        frames = await told(watching, "error")
        failed = next(frame for frame in frames if frame.item["status"] == "error")
        assert failed.item["note"].startswith("Failed to delete AIP:\n")
        assert archive.shelf.bucket.name not in failed.item["note"]
        assert (await archive.shown(uuid))["status"] == "stored"
        assert uuid in archive.s3.keys(archive.shelf.bucket)

        await archive.request(uuid)
        await archive.approve(uuid)
        await told(watching, "done")
    await check_deleted(archive, uuid)
    undone = ("error", [("AIP deletion request", "done"), ("Delete AIP", "error")])
    assert await archive.work(uuid) == [undone, DONE]


async def test_a_report_waits_for_the_internal_bucket(archive: Archive) -> None:
    uuid = await archive.package()
    async with archive.people.watch("*") as watching:
        await archive.request(uuid)
        archive.inside.goes_away()
        async with archive.logs("workflow.step_failed"):
            await archive.approve(uuid)
        shown = await archive.shown(uuid)
        assert (shown["status"], shown.get("deletion_report_key")) == ("deleted", None)
        archive.inside.comes_back()
        await told(watching, "done")
    await check_deleted(archive, uuid)
    assert await archive.work(uuid) == [DONE]
