"""Deletions whose process is killed at every point, enumerated, from the request to the report.

Whoever got no answer looks whether it happened, and asks again if it did not, as a client does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import pytest

from generated.storage.models import AIPStatus
from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from service.storage.deleting import delete_identifier
from tests.unit.service.storage.archive import Archive, away
from tests.unit.service.storage.every_point import killed_at_every_point
from tests.unit.service.storage.killed_process import Work, lived
from tests.unit.service.storage.outcome import Outcome, outcome

ASKED = OPENED = 2
"""Every transaction has two points: before its commit and after."""
REVIEWED = 23
UNREVIEWED = 19
KEPT = 8
UNDONE = 22
"""How many points there are at least; a pause of the machine may add one."""

pytestmark = pytest.mark.engines

Act = Callable[[Archive, UUID], Awaitable[None]]


async def ask(archive: Archive, package: UUID) -> None:
    if not await archive.requests(package):
        await archive.ask(package)


async def delete_unasked(archive: Archive, package: UUID) -> None:
    if not await archive.requests(package):
        await archive.begin_delete(package)


async def approve(archive: Archive, package: UUID) -> None:
    if await archive.requests(package) == ["pending"]:
        await archive.review(package)


async def refuse(archive: Archive, package: UUID) -> None:
    if await archive.requests(package) == ["pending"]:
        await archive.review(package, approved=False)


async def cancel(archive: Archive, package: UUID) -> None:
    if await archive.requests(package) == ["pending"]:
        await archive.cancel(package)


async def reject_the_package(archive: Archive, package: UUID) -> None:
    if await archive.requests(package) == ["pending"]:
        await archive.reject(package)


async def see_to_its_end(acts: tuple[Act, ...], package: UUID, archive: Archive) -> None:
    """Do what is not done yet, and see the deletion to its end."""
    for act in acts:
        await act(archive, package)
    await archive.live()
    await archive.ended(package)


async def see_to_its_end_in_vain(acts: tuple[Act, ...], package: UUID, archive: Archive) -> None:
    """Do the same where the bytes cannot be deleted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileStore, "delete", away)
        await see_to_its_end(acts, package, archive)


def work(*acts: Act, package: UUID) -> Work:
    return partial(see_to_its_end, acts, package)


def work_in_vain(*acts: Act, package: UUID) -> Work:
    return partial(see_to_its_end_in_vain, acts, package)


def check_deleted(end: Outcome) -> None:
    assert (end.status, end.runs) == (AIPStatus.DELETED, [RunStatus.COMPLETED])
    assert (end.bytes, end.report, end.requests) == ([], True, ["approved"])
    assert end.told[-3:] == [
        "updated: deleted",
        "updated: deleted with a report",
        "workflow_updated: done",
    ]


def check_kept(end: Outcome, request: str, status: AIPStatus = AIPStatus.STORED) -> None:
    assert (end.status, end.runs) == (status, [RunStatus.CANCELED])
    assert (end.bytes, end.report, end.requests) == (["inside"], False, [request])
    assert end.told[-1] == "workflow_updated: canceled"


CHECKS: dict[Act, Callable[[Outcome], None]] = {
    approve: check_deleted,
    refuse: partial(check_kept, request="rejected"),
    cancel: partial(check_kept, request="canceled"),
    reject_the_package: partial(check_kept, request="canceled", status=AIPStatus.DELETED),
}
"""What comes of a decision."""


async def test_a_reviewed_deletion_killed_anywhere_goes_on_to_its_end(archive: Archive) -> None:
    end, points = await killed_at_every_point(
        archive, partial(work, ask, approve), delete_identifier
    )
    check_deleted(end)
    assert points >= REVIEWED


async def test_a_deletion_without_a_review_killed_anywhere_goes_on_to_its_end(
    archive: Archive,
) -> None:
    end, points = await killed_at_every_point(
        archive, partial(work, delete_unasked), delete_identifier
    )
    check_deleted(end)
    assert points >= UNREVIEWED


@pytest.mark.parametrize("decide", [refuse, cancel, reject_the_package])
async def test_a_request_that_comes_to_nothing_killed_anywhere_leaves_the_package(
    archive: Archive, decide: Act
) -> None:
    end, points = await killed_at_every_point(
        archive, partial(work, ask, decide), delete_identifier
    )
    CHECKS[decide](end)
    assert points >= KEPT


@pytest.mark.parametrize("decide", CHECKS)
async def test_a_deletion_killed_as_it_begins_to_wait_hears_of_the_decision(
    archive: Archive, decide: Act
) -> None:
    for at in (ASKED + 1, ASKED + 2):
        package = await archive.package()
        assert not await lived(archive, work(ask, package=package), at=at)
        assert await lived(archive, work(ask, decide, package=package))
        CHECKS[decide](await outcome(archive, package, delete_identifier(package)))


async def test_a_deletion_whose_undoing_is_killed_anywhere_brings_the_package_back(
    archive: Archive,
) -> None:
    end, points = await killed_at_every_point(
        archive, partial(work_in_vain, delete_unasked), delete_identifier, first=ASKED + OPENED + 1
    )
    assert (end.status, end.runs) == (AIPStatus.STORED, [RunStatus.FAILED])
    assert (end.bytes, end.report, end.requests) == (["inside"], False, ["approved"])
    assert end.told[-3:] == [
        "task_updated: error, Failed to delete AIP:\ncannot reach object aips/…: Stale file handle",
        "updated: stored",
        "workflow_updated: error",
    ]
    assert points >= UNDONE
