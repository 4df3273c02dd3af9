"""The deletion of a package, from the request to its report, killed at every point."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, AIPWorkflow, TaskStatus, WorkflowStatus
from runtime.auth.claims import Caller
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Retry, RunStatus, Workflow
from service.storage.aips import find_aip
from service.storage.blobs.file import FileStore
from service.storage.blobs.store import BlobUnavailable
from service.storage.delete_workflow import delete_workflow
from service.storage.deleting import (
    cancel_aip_deletion,
    delete_aip,
    delete_identifier,
    request_aip_deletion,
    review_aip_deletion,
)
from service.storage.rejecting import reject_aip
from service.storage.reports import deletion_reports
from service.storage.rows import AIPRow, DeletionRequestRow
from service.storage.workflows import list_aip_workflows
from tests.unit.service.conftest import ARCHIVIST, CURATOR, Domain
from tests.unit.service.storage.dying import Death
from tests.unit.service.storage.reports.pdf_text import text_of

CONTENT = b"the bytes of a package"
AT_ONCE = Retry(attempts=2, seconds=0.0)
ASKED = "An AIP deletion has been requested by archivist@test. Reason:\n\nduplicate\n\n"
POINTS = 18
"""Where a reviewed deletion can be killed: two points about its wait, three in each of four steps,
two where it makes sure that it is in time, two in its end."""
UNDO_POINTS = 5
"""Where the undoing can be killed: before, in and after its look at the bytes, and in its end."""


@dataclass
class Archive:
    """A domain with folders, and engines that come and go."""

    domain: Domain
    folder: Path
    engines: list[EmbeddedEngine[StorageEvent]] = field(default_factory=list)

    @property
    def workflow(self) -> Workflow[StorageEvent]:
        return delete_workflow(
            self.domain.database, self.domain.configurations, deleting=AT_ONCE, reporting=AT_ONCE
        )

    @property
    def now(self) -> EmbeddedEngine[StorageEvent]:
        """The engine of this life."""
        return self.engines[-1]

    async def live(self, workflow: Workflow[StorageEvent] | None = None) -> None:
        """Begin the next life of the service."""
        await self.close()
        engine = EmbeddedEngine(
            self.domain.database, self.domain.transactions, [workflow or self.workflow]
        )
        self.engines.append(engine)
        await engine.open()

    async def close(self) -> None:
        for engine in self.engines:
            await engine.close()

    def inside(self, package: UUID) -> Path:
        return self.folder / "internal" / "aips" / str(package)

    def on_shelf(self, package: UUID) -> Path:
        return self.folder / "locations" / "shelf" / str(package)

    def report(self, package: UUID) -> Path:
        return self.folder / "internal" / "reports" / f"aip_deletion_report_{package}.pdf"

    async def package(self) -> UUID:
        """Put a package inside."""
        row = await self.domain.add_aip()
        put(self.inside(row.uuid))
        return row.uuid

    async def package_on_shelf(self) -> UUID:
        shelf = await self.domain.add_location()
        row = await self.domain.add_aip(location_uuid=shelf.uuid)
        put(self.on_shelf(row.uuid))
        return row.uuid

    async def ask(self, package: UUID) -> None:
        caller = Caller(ARCHIVIST, "request_aip_deletion")
        async with self.domain.transactions.begin(caller) as transaction:
            await request_aip_deletion(transaction, self.now, package, "duplicate")

    async def review(self, package: UUID, *, approved: bool = True) -> None:
        caller = Caller(CURATOR, "review_aip_deletion")
        async with self.domain.transactions.begin(caller) as transaction:
            await review_aip_deletion(transaction, self.now, package, approved=approved)

    async def cancel(self, package: UUID) -> None:
        caller = Caller(ARCHIVIST, "cancel_aip_deletion")
        async with self.domain.transactions.begin(caller) as transaction:
            await cancel_aip_deletion(transaction, self.now, package, check=False)

    async def reject(self, package: UUID) -> None:
        async with self.domain.transactions.begin(Caller(CURATOR, "reject_aip")) as transaction:
            await reject_aip(transaction, self.now, package)

    async def delete(self, package: UUID, *, skip_report: bool = False) -> RunStatus:
        """Delete a package without a review."""
        caller = Caller(ARCHIVIST, "aip_deletion_auto")
        async with self.domain.transactions.begin(caller) as transaction:
            await delete_aip(transaction, self.now, package, "duplicate", skip_report=skip_report)
        return await self.ended(package)

    async def ended(self, package: UUID) -> RunStatus:
        """Wait for the end of a deletion, or of this life."""
        async with asyncio.timeout(30):
            while True:
                status = await self.now.status(delete_identifier(package))
                if self.now._left or status is not RunStatus.RUNNING:
                    return status
                await asyncio.sleep(0.002)

    async def is_again(self, package: UUID, status: AIPStatus) -> None:
        """Wait until a package has a status, and no longer."""
        async with asyncio.timeout(30):
            while True:
                if (await self.row(package)).status is status:
                    return
                await asyncio.sleep(0.001)

    async def row(self, package: UUID) -> AIPRow:
        async with self.domain.database.read() as session:
            return await find_aip(session, package)

    async def requests(self, package: UUID) -> list[str]:
        async with self.domain.database.read() as session:
            query = select(DeletionRequestRow).where(DeletionRequestRow.aip_uuid == package)
            rows = await session.scalars(query.order_by(DeletionRequestRow.id))
            return [row.status for row in rows]

    async def work(self, package: UUID) -> AIPWorkflow:
        """Return the latest workflow of a package."""
        async with self.domain.database.read() as session:
            works = (await list_aip_workflows(session, package)).workflows or []
        return works[-1]

    async def told(self, package: UUID) -> list[str]:
        """Tell what a watcher is told about a package and the work on it."""
        return [
            _line(event.tag, json.loads(event.payload)["item"])
            for event in await self.domain.logged()
            if str(package).encode() in event.payload or event.tag.startswith("aip_task")
        ]


def _line(tag: str, item: dict[str, str]) -> str:
    name = tag.removeprefix("aip_").removesuffix("_event")
    report = " with a report" if "deletion_report_key" in item else ""
    note = item.get("note", "").replace(ASKED, "asked: ")
    return f"{name}: {item['status']}{report}" + (f", {note}" if note else "")


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)


@pytest.fixture
async def archive(domain: Domain, tmp_path: Path) -> AsyncIterator[Archive]:
    archive = Archive(domain, tmp_path)
    with capture_logs():
        await archive.live()
        yield archive
        await archive.close()


async def test_a_deletion_is_told_from_the_request_to_the_report(archive: Archive) -> None:
    package = await archive.package_on_shelf()
    await archive.ask(package)
    await archive.review(package)

    assert await archive.ended(package) is RunStatus.COMPLETED
    assert not archive.on_shelf(package).exists()
    assert await archive.told(package) == [
        "created: stored",
        "updated: pending",
        "workflow_created: pending",
        "task_created: pending, asked: Awaiting user review.",
        "deletion_request_created: pending",
        "updated: processing",
        "workflow_updated: in progress",
        "deletion_request_updated: approved",
        "task_updated: done, asked: AIP deletion request approved by Curator.",
        "task_created: in progress, Deleting AIP",
        "task_updated: done, AIP deleted from FILESYSTEM source location",
        "updated: deleted",
        "updated: deleted with a report",
        "workflow_updated: done",
    ]
    work = await archive.work(package)
    assert [task.name for task in work.tasks or []] == ["AIP deletion request", "Delete AIP"]
    assert all(task.completed_at for task in work.tasks or [])
    assert work.completed_at is not None


async def test_without_a_review_a_deletion_does_not_wait(archive: Archive) -> None:
    package = await archive.package()

    assert await archive.delete(package) is RunStatus.COMPLETED
    assert not archive.inside(package).exists()
    assert await archive.told(package) == [
        "created: stored",
        "updated: processing",
        "workflow_created: in progress",
        "task_created: pending, asked: Auto-approving deletion request.",
        "deletion_request_created: pending",
        "deletion_request_updated: approved",
        "task_updated: done, asked: Auto-approved deletion request.",
        "task_created: in progress, Deleting AIP",
        "task_updated: done, AIP deleted from INTERNAL source location",
        "updated: deleted",
        "updated: deleted with a report",
        "workflow_updated: done",
    ]


async def test_the_report_says_what_was_done(archive: Archive) -> None:
    package = await archive.package_on_shelf()
    await archive.ask(package)
    await archive.review(package)
    await archive.ended(package)

    row, work = await archive.row(package), await archive.work(package)
    assert row.deletion_report_key == f"reports/{archive.report(package).name}"
    shown = text_of(archive.report(package).read_bytes())
    _, deleted = work.tasks or []
    assert deleted.completed_at is not None
    for said in (
        "Nameletters",
        str(package),
        "StatusDeleted",
        "Requestedbyarchivist@test",
        "Reasonduplicate",
        "ApprovedbyCurator",
        f"{deleted.completed_at:%H:%M:%S}UTC",
        "Storagelocationshelf",
        str(row.location_uuid),
    ):
        assert said in shown


async def test_the_report_is_about_the_request_that_led_to_the_deletion(archive: Archive) -> None:
    package = await archive.package()
    await archive.ask(package)
    await archive.review(package, approved=False)
    await archive.ended(package)
    await archive.delete(package)

    assert await archive.requests(package) == ["rejected", "approved"]
    assert "Theserviceitself,withoutareview" in text_of(archive.report(package).read_bytes())


async def test_a_report_is_not_written_where_nobody_wants_it(archive: Archive) -> None:
    package = await archive.package()
    assert await archive.delete(package, skip_report=True) is RunStatus.COMPLETED
    assert (await archive.row(package)).deletion_report_key is None
    assert not archive.report(package).exists()


async def test_where_the_typesetter_is_missing_a_deletion_goes_without_a_report(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion_reports, "available", lambda: False)
    package = await archive.package()
    with capture_logs() as logged:
        assert await archive.delete(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).deletion_report_key is None
    assert "deletion.unreported" in [entry["event"] for entry in logged]


@pytest.mark.parametrize("how", ["reject", "cancel"])
async def test_a_request_that_comes_to_nothing_leaves_the_package_as_it_was(
    archive: Archive, how: str
) -> None:
    package = await archive.package()
    await archive.ask(package)
    if how == "reject":
        await archive.review(package, approved=False)
    else:
        await archive.cancel(package)

    assert await archive.ended(package) is RunStatus.CANCELED
    assert archive.inside(package).read_bytes() == CONTENT
    told = await archive.told(package)
    decided = "rejected by Curator" if how == "reject" else "canceled by archivist@test"
    assert told[5:] == [
        "updated: processing",
        "workflow_updated: in progress",
        f"deletion_request_updated: {decided.split()[0]}",
        f"task_updated: done, asked: AIP deletion request {decided}.",
        "updated: stored",
        "workflow_updated: canceled",
    ]


async def test_after_a_request_came_to_nothing_another_may_be_made_at_once(
    archive: Archive,
) -> None:
    package = await archive.package()
    for _ in range(3):
        await archive.ask(package)
        await archive.cancel(package)
        await archive.is_again(package, AIPStatus.STORED)
    await archive.ask(package)
    assert await archive.requests(package) == ["canceled"] * 3 + ["pending"]


async def test_a_package_that_is_rejected_meanwhile_stays_deleted_and_keeps_its_bytes(
    archive: Archive,
) -> None:
    package = await archive.package()
    await archive.ask(package)
    await archive.reject(package)

    assert await archive.ended(package) is RunStatus.CANCELED
    assert (await archive.row(package)).status is AIPStatus.DELETED
    assert archive.inside(package).exists()
    assert (await archive.work(package)).status is WorkflowStatus.CANCELED
    assert (await archive.told(package))[5:] == [
        "updated: deleted",
        "deletion_request_updated: canceled",
        "task_updated: done, asked: AIP deletion request canceled by Curator.",
        "workflow_updated: canceled",
    ]


async def test_what_is_gone_already_counts_as_deleted(archive: Archive) -> None:
    package = await archive.package()
    archive.inside(package).unlink()
    assert await archive.delete(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).status is AIPStatus.DELETED


async def away(_store: FileStore, key: str) -> bool:
    raise BlobUnavailable(f"cannot reach object {key}: Stale file handle")


@pytest.mark.parametrize("visible", [True, False])
async def test_bytes_that_cannot_be_deleted_bring_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, visible: bool
) -> None:
    package = await archive.package()
    with monkeypatch.context() as patch:
        patch.setattr(FileStore, "delete", away)
        if not visible:
            patch.setattr(FileStore, "exists", away)
        assert await archive.delete(package) is RunStatus.FAILED

    assert (await archive.row(package)).status is AIPStatus.STORED
    assert archive.inside(package).exists()
    assert (await archive.told(package))[-3:] == [
        "task_updated: error, Failed to delete AIP:\n"
        f"cannot reach object aips/{package}: Stale file handle",
        "updated: stored",
        "workflow_updated: error",
    ]
    assert await archive.delete(package) is RunStatus.COMPLETED
    assert not archive.inside(package).exists()


async def test_bytes_that_went_although_the_store_complained_are_deleted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = await archive.package()
    delete = FileStore.delete

    async def deleted_but(store: FileStore, key: str) -> None:
        await delete(store, key)
        await away(store, key)

    monkeypatch.setattr(FileStore, "delete", deleted_but)
    assert await archive.delete(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).status is AIPStatus.DELETED
    assert archive.report(package).exists()


async def test_a_location_that_cannot_be_used_any_more_brings_the_package_back(
    archive: Archive,
) -> None:
    package = await archive.package_on_shelf()
    shelf = archive.on_shelf(package).parent
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.symlink_to(archive.folder)

    assert await archive.delete(package) is RunStatus.FAILED
    assert (await archive.row(package)).status is AIPStatus.STORED
    note = ((await archive.work(package)).tasks or [])[-1].note or ""
    assert note.startswith("Failed to delete AIP:\nthe folder of the location is not under")


async def test_a_report_that_cannot_be_kept_does_not_bring_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(
        _store: FileStore, key: str, _chunks: AsyncIterable[bytes], _size: int | None = None
    ) -> None:
        raise BlobUnavailable(f"cannot write object {key}: No space left on device")

    monkeypatch.setattr(FileStore, "write", full)
    package = await archive.package()
    assert await archive.delete(package) is RunStatus.FAILED

    row = await archive.row(package)
    assert (row.status, row.deletion_report_key) == (AIPStatus.DELETED, None)
    assert (await archive.told(package))[-3:] == [
        "updated: deleted",
        "task_created: error, Failed to write deletion report:\ncannot write object"
        f" reports/aip_deletion_report_{package}.pdf: No space left on device",
        "workflow_updated: error",
    ]


async def test_a_request_waits_over_any_number_of_restarts(archive: Archive) -> None:
    package = await archive.package()
    await archive.ask(package)
    for _ in range(3):
        await archive.live()
    assert (await archive.row(package)).status is AIPStatus.PENDING
    await archive.review(package)
    await archive.live()
    assert await archive.ended(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).status is AIPStatus.DELETED


async def test_a_run_that_is_canceled_while_it_waits_closes_the_request(archive: Archive) -> None:
    package = await archive.package()
    await archive.ask(package)
    async with archive.domain.begin("delete_workflow") as transaction:
        await archive.now.cancel(transaction, delete_identifier(package))

    await archive.ended(package)
    assert (await archive.row(package)).status is AIPStatus.STORED
    assert await archive.requests(package) == ["canceled"]
    assert (await archive.told(package))[-4:] == [
        "task_updated: error, asked: Failed to process AIP deletion request:\nit was canceled",
        "deletion_request_updated: canceled",
        "updated: stored",
        "workflow_updated: error",
    ]


async def reviewed(archive: Archive, death: Death) -> UUID:
    """Delete a package with a review, in a life that ends where death comes."""
    package = await archive.package()
    await archive.live(death.in_perform(archive.workflow))
    await archive.ask(package)
    await archive.review(package)
    await archive.ended(package)
    return package


async def test_a_deletion_has_as_many_points_to_be_killed_at_as_are_tried_here(
    archive: Archive,
) -> None:
    death = Death(at=0)
    await reviewed(archive, death)
    # A wait is left and entered again, so its first point may be passed twice.
    assert death.points in (POINTS, POINTS + 1)


@pytest.mark.parametrize("at", range(1, POINTS + 1))
async def test_a_deletion_killed_anywhere_goes_on_to_its_end(archive: Archive, at: int) -> None:
    package = await reviewed(archive, Death(at))
    await archive.live()

    assert await archive.ended(package) is RunStatus.COMPLETED
    row = await archive.row(package)
    assert row.status is AIPStatus.DELETED
    assert not archive.inside(package).exists()
    assert row.deletion_report_key is not None
    assert archive.report(package).exists()
    await check_told_once(archive, package)


@pytest.mark.parametrize("at", range(1, UNDO_POINTS + 1))
async def test_an_undoing_killed_anywhere_brings_the_package_back(
    archive: Archive, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileStore, "delete", away)
    package = await archive.package()
    await archive.live(Death(at).in_undo(archive.workflow))
    await archive.delete(package)
    assert archive.now._left
    await archive.live()

    assert await archive.ended(package) is RunStatus.FAILED
    assert (await archive.row(package)).status is AIPStatus.STORED
    assert archive.inside(package).exists()
    await check_told_once(archive, package)


async def check_told_once(archive: Archive, package: UUID) -> None:
    """Nothing is told twice, and who keeps the last of each thing has what is in the database."""
    work = await archive.work(package)
    last: dict[str, object] = {}
    for event in await archive.domain.logged():
        item = json.loads(event.payload)["item"]
        assert last.get(str(event.subject)) != item, f"told twice: {event.tag}"
        assert ("created" in event.tag) is (str(event.subject) not in last)
        last[str(event.subject)] = item
    shown = json.loads(work.to_json())
    tasks = shown.pop("tasks")
    assert last[str(work.uuid)] == shown
    assert [last[task["uuid"]] for task in tasks] == tasks
    assert {task["status"] for task in tasks} <= {TaskStatus.DONE, TaskStatus.ERROR}
    item = last[str(package)]
    assert isinstance(item, dict)
    assert item["status"] == (await archive.row(package)).status
