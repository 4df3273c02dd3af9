"""The deletion of a package, from the request to its end, as watchers are told of it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from generated.storage.models import AIPStatus, WorkflowStatus
from runtime.durable.engine import RunStatus
from service.storage.deleting import delete_identifier
from tests.unit.service.storage.archive import CONTENT, Archive
from tests.unit.service.storage.telling import told


@pytest.fixture(autouse=True)
async def living(archive: Archive) -> None:
    """There is an engine that performs."""
    await archive.live()


async def test_a_deletion_is_told_from_the_request_to_the_report(archive: Archive) -> None:
    package = await archive.package_on_shelf()
    await archive.ask(package)
    await archive.review(package)

    assert await archive.ended(package) is RunStatus.COMPLETED
    assert not archive.on("shelf", package).exists()
    assert await told(archive, package) == [
        "created: stored on shelf",
        "updated: pending on shelf",
        "workflow_created: pending",
        "task_created: pending, asked: Awaiting user review.",
        "deletion_request_created: pending",
        "updated: processing on shelf",
        "workflow_updated: in progress",
        "deletion_request_updated: approved",
        "task_updated: done, asked: AIP deletion request approved by Curator.",
        "task_created: in progress, Deleting AIP",
        "task_updated: done, AIP deleted from FILESYSTEM source location",
        "updated: deleted on shelf",
        "updated: deleted on shelf with a report",
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
    assert await told(archive, package) == [
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
    decided = "rejected by Curator" if how == "reject" else "canceled by archivist@test"
    assert (await told(archive, package))[5:] == [
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
        await stored_again(archive, package)
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
    assert (await told(archive, package))[5:] == [
        "updated: deleted",
        "deletion_request_updated: canceled",
        "task_updated: done, asked: AIP deletion request canceled by Curator.",
        "workflow_updated: canceled",
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
    assert (await told(archive, package))[-4:] == [
        "task_updated: error, asked: Failed to process AIP deletion request:\nit was canceled",
        "deletion_request_updated: canceled",
        "updated: stored",
        "workflow_updated: error",
    ]


async def stored_again(archive: Archive, package: UUID) -> None:
    """Wait until a package has its status again, and no longer."""
    async with asyncio.timeout(30):
        while True:
            if (await archive.row(package)).status is AIPStatus.STORED:
                return
            await asyncio.sleep(0.001)
