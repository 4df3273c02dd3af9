"""Asking for a deletion, deciding about it, taking it back: what is refused, what is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from generated.storage.errors import Forbidden, NotAvailable, NotFound, NotValid
from generated.storage.models import AIPStatus, DeletionRequestStatus, TaskStatus, WorkflowStatus
from runtime.auth.attributes import EVERYTHING
from runtime.auth.claims import UNRESTRICTED, Caller, Claims
from runtime.durable.engine import RunStatus
from service.storage.aips import find_aip
from service.storage.deleting import (
    LONGEST_CLAIM,
    cancel_aip_deletion,
    delete_aip,
    delete_identifier,
    request_aip_deletion,
    review_aip_deletion,
)
from service.storage.deletion import AUTOMATIC
from service.storage.moving import move_aip
from service.storage.rejecting import reject_aip
from service.storage.rows import DeletionRequestRow
from service.storage.workflows import list_aip_workflows
from tests.unit.service.conftest import ARCHIVIST, CURATOR, Domain

pytestmark = pytest.mark.engines

OTHER_ISSUER = replace(ARCHIVIST, issuer="https://other.test")
OTHER_NAME = replace(ARCHIVIST, email="renamed@test")
ASKED = "An AIP deletion has been requested by archivist@test. Reason:\n\nduplicate\n\n"


async def ask(
    domain: Domain, uuid: UUID, by: Claims = ARCHIVIST, reason: str = "duplicate"
) -> None:
    async with domain.transactions.begin(Caller(by, "request_aip_deletion")) as transaction:
        await request_aip_deletion(transaction, domain.engine, uuid, reason)


async def delete(
    domain: Domain, uuid: UUID, by: Claims = ARCHIVIST, reason: str = "duplicate"
) -> None:
    async with domain.transactions.begin(Caller(by, "aip_deletion_auto")) as transaction:
        await delete_aip(transaction, domain.engine, uuid, reason, skip_report=False)


async def review(
    domain: Domain, uuid: UUID, by: Claims = CURATOR, *, approved: bool = True
) -> None:
    async with domain.transactions.begin(Caller(by, "review_aip_deletion")) as transaction:
        await review_aip_deletion(transaction, domain.engine, uuid, approved=approved)


async def cancel(
    domain: Domain, uuid: UUID, by: Claims = ARCHIVIST, *, check: bool = False
) -> None:
    async with domain.transactions.begin(Caller(by, "cancel_aip_deletion")) as transaction:
        await cancel_aip_deletion(transaction, domain.engine, uuid, check=check)


async def reject(domain: Domain, uuid: UUID, by: Claims = CURATOR) -> None:
    async with domain.transactions.begin(Caller(by, "reject_aip")) as transaction:
        await reject_aip(transaction, domain.engine, uuid)


async def status(domain: Domain, uuid: UUID) -> AIPStatus:
    async with domain.database.read() as session:
        return (await find_aip(session, uuid)).status


async def requests(domain: Domain, uuid: UUID) -> list[DeletionRequestRow]:
    async with domain.database.read() as session:
        query = select(DeletionRequestRow).where(DeletionRequestRow.aip_uuid == uuid)
        return list(await session.scalars(query.order_by(DeletionRequestRow.id)))


async def told(domain: Domain, after: int) -> list[str]:
    """What a watcher is told, an event a line."""
    return [
        f"{event.tag.removeprefix('aip_').removesuffix('_event')}:"
        f" {json.loads(event.payload)['item']['status']}"
        for event in await domain.logged(after)
    ]


Ask = Callable[[Domain, UUID], Awaitable[None]]
BEGUN = ["updated: pending", "workflow_created: pending", "task_created: pending"]
DECIDED = ["updated: processing", "workflow_updated: in progress"]
EVENTS: dict[str, tuple[list[Ask], list[str]]] = {
    "request": ([ask], [*BEGUN, "deletion_request_created: pending"]),
    "auto": (
        [delete],
        [
            "updated: processing",
            "workflow_created: in progress",
            "task_created: pending",
            "deletion_request_created: pending",
            "deletion_request_updated: approved",
        ],
    ),
    "approval": (
        [ask, review],
        [*DECIDED, "deletion_request_updated: approved", "task_updated: done"],
    ),
    "rejection": (
        [ask, lambda domain, uuid: review(domain, uuid, approved=False)],
        [*DECIDED, "deletion_request_updated: rejected", "task_updated: done"],
    ),
    "cancellation": (
        [ask, cancel],
        [*DECIDED, "deletion_request_updated: canceled", "task_updated: done"],
    ),
    "check": ([ask, lambda domain, uuid: cancel(domain, uuid, check=True)], []),
    "reject": (
        [ask, reject],
        ["updated: deleted", "deletion_request_updated: canceled", "task_updated: done"],
    ),
}


@pytest.mark.parametrize(("calls", "events"), EVENTS.values(), ids=EVENTS)
async def test_what_an_operation_does_is_told_when_it_is_answered(
    domain: Domain, calls: list[Ask], events: list[str]
) -> None:
    package = await domain.add_aip()
    *before, last = calls
    for call in before:
        await call(domain, package.uuid)
    head = await domain.events.head()
    await last(domain, package.uuid)
    assert await told(domain, head.position) == events


async def test_a_request_waits_for_somebody_to_decide(domain: Domain) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)

    [request] = await requests(domain, package.uuid)
    assert (request.requester, request.requester_iss, request.requester_sub) == (
        "archivist@test",
        "https://id.test",
        "1",
    )
    assert (request.status, request.reviewer, request.reviewed_at) == ("pending", None, None)
    async with domain.database.read() as session:
        [work] = (await list_aip_workflows(session, package.uuid)).workflows or []
    assert (work.type, work.status, work.uuid) == (
        "delete aip",
        WorkflowStatus.PENDING,
        request.workflow_uuid,
    )
    assert work.temporal_id == f"storage-delete-workflow-{package.uuid}"
    [task] = work.tasks or []
    assert (task.name, task.status) == ("AIP deletion request", TaskStatus.PENDING)
    assert task.note == f"{ASKED}Awaiting user review."
    assert await domain.engine.status(delete_identifier(package.uuid)) is RunStatus.RUNNING


@pytest.mark.parametrize(
    ("call", "by", "becomes", "said"),
    [
        (review, CURATOR, "approved", "AIP deletion request approved by Curator."),
        (
            lambda domain, uuid: review(domain, uuid, approved=False),
            CURATOR,
            "rejected",
            "AIP deletion request rejected by Curator.",
        ),
        (cancel, ARCHIVIST, "canceled", "AIP deletion request canceled by archivist@test."),
        (reject, CURATOR, "canceled", "AIP deletion request canceled by Curator."),
    ],
    ids=["approve", "reject", "cancel", "give up"],
)
async def test_a_decision_is_recorded_with_who_made_it(
    domain: Domain, call: Ask, by: Claims, becomes: str, said: str
) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)
    await call(domain, package.uuid)

    [request] = await requests(domain, package.uuid)
    assert (request.status, request.reviewer) == (becomes, by.display_name)
    assert (request.reviewer_iss, request.reviewer_sub) == (by.issuer, by.subject)
    assert request.reviewed_at is not None
    async with domain.database.read() as session:
        [work] = (await list_aip_workflows(session, package.uuid)).workflows or []
    [task] = work.tasks or []
    assert (task.status, task.note) == (TaskStatus.DONE, ASKED + said)
    assert task.completed_at is not None


async def test_without_a_review_the_requester_has_decided(domain: Domain) -> None:
    package = await domain.add_aip()
    await delete(domain, package.uuid)
    [request] = await requests(domain, package.uuid)
    assert (request.status, request.reviewer) == (DeletionRequestStatus.APPROVED, "archivist@test")


async def test_where_nobody_is_known_a_deletion_is_ascribed_to_nobody(domain: Domain) -> None:
    package = await domain.add_aip()
    await delete(domain, package.uuid, by=UNRESTRICTED)
    [request] = await requests(domain, package.uuid)
    assert (request.requester, request.requester_iss, request.requester_sub) == (
        "Enduro-auto-approve",
        "unauthenticated",
        "unauthenticated",
    )
    assert request.reviewer == AUTOMATIC.display_name


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("call", [ask, review, cancel], ids=["ask", "review", "cancel"])
async def test_where_nobody_is_known_nobody_asks_and_nobody_decides(
    domain: Domain, call: Callable[[Domain, UUID, Claims], Awaitable[None]]
) -> None:
    with pytest.raises(NotValid, match=r"^authentication is required$"):
        await call(domain, uuid4(), UNRESTRICTED)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (replace(ARCHIVIST, email=""), "email, preferred_username, or name claim is required"),
        (replace(ARCHIVIST, subject=""), "sub claim is required"),
        (replace(ARCHIVIST, issuer=""), "iss claim is required"),
        (Claims(attributes=EVERYTHING, subject="x"), "email, preferred_username, or name claim"),
        (replace(ARCHIVIST, subject="x" * (LONGEST_CLAIM + 1)), "sub claim is longer than 1024"),
        (replace(ARCHIVIST, email="a\0b"), "email, preferred_username, or name claim cannot hold"),
    ],
)
@pytest.mark.parametrize(
    "call", [ask, delete, review, cancel], ids=["ask", "delete", "review", "cancel"]
)
async def test_who_does_not_say_who_it_is_is_refused_before_anything_else(
    domain: Domain,
    call: Callable[[Domain, UUID, Claims], Awaitable[None]],
    claims: Claims,
    said: str,
) -> None:
    with pytest.raises(NotValid, match=f"^{said}"):
        await call(domain, uuid4(), claims)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("call", [ask, delete], ids=["ask", "delete"])
@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "^invalid reason$"), (" \n", "^invalid reason$"), ("a\0b", r"U\+0000")],
)
async def test_a_deletion_needs_a_reason(
    domain: Domain,
    call: Callable[[Domain, UUID, Claims, str], Awaitable[None]],
    reason: str,
    said: str,
) -> None:
    package = await domain.add_aip()
    with pytest.raises(NotValid, match=said):
        await call(domain, package.uuid, ARCHIVIST, reason)


@pytest.mark.parametrize("call", [ask, delete], ids=["ask", "delete"])
@pytest.mark.parametrize("before", [each for each in AIPStatus if each is not AIPStatus.STORED])
async def test_what_is_not_stored_is_not_deleted(
    domain: Domain, call: Ask, before: AIPStatus
) -> None:
    package = await domain.add_aip(status=before)
    with pytest.raises(NotValid, match=r"^AIP is not stored$"):
        await call(domain, package.uuid)
    assert await status(domain, package.uuid) is before
    assert await requests(domain, package.uuid) == []


@pytest.mark.parametrize("before", list(AIPStatus))
async def test_where_nobody_has_asked_there_is_nothing_to_decide(
    domain: Domain, before: AIPStatus
) -> None:
    package = await domain.add_aip(status=before)
    with pytest.raises(NotValid, match=r"^AIP is not awaiting user review$"):
        await review(domain, package.uuid)
    with pytest.raises(NotValid, match=r"^no valid deletion requests$"):
        await cancel(domain, package.uuid)
    assert await status(domain, package.uuid) is before


async def test_of_a_package_that_is_not_there_nothing_can_be_asked(domain: Domain) -> None:
    for call in (ask, delete, review):
        with pytest.raises(NotFound, match="AIP not found"):
            await call(domain, uuid4())
    with pytest.raises(NotValid, match=r"^no valid deletion requests$"):
        await cancel(domain, uuid4())


@pytest.mark.parametrize("reviewer", [ARCHIVIST, OTHER_NAME], ids=["the same", "by another name"])
async def test_nobody_decides_about_their_own_request(domain: Domain, reviewer: Claims) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)
    with pytest.raises(NotValid, match=r"^requester cannot review their own request$"):
        await review(domain, package.uuid, reviewer)
    assert await status(domain, package.uuid) is AIPStatus.PENDING


async def test_the_same_subject_of_another_issuer_is_somebody_else(domain: Domain) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)
    with pytest.raises(Forbidden):
        await cancel(domain, package.uuid, OTHER_ISSUER)
    await review(domain, package.uuid, OTHER_ISSUER)
    assert await status(domain, package.uuid) is AIPStatus.PROCESSING


@pytest.mark.parametrize("check", [True, False])
async def test_only_the_requester_takes_a_request_back(domain: Domain, check: bool) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)
    with pytest.raises(Forbidden):
        await cancel(domain, package.uuid, CURATOR, check=check)
    assert await status(domain, package.uuid) is AIPStatus.PENDING
    await cancel(domain, package.uuid, OTHER_NAME, check=check)
    expected = AIPStatus.PENDING if check else AIPStatus.PROCESSING
    assert await status(domain, package.uuid) is expected


async def test_what_is_decided_is_not_decided_again(domain: Domain) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)
    await review(domain, package.uuid)
    with pytest.raises(NotValid, match=r"^AIP is not awaiting user review$"):
        await review(domain, package.uuid, approved=False)
    with pytest.raises(NotValid, match=r"^no valid deletion requests$"):
        await cancel(domain, package.uuid)
    with pytest.raises(NotAvailable, match="processing"):
        await reject(domain, package.uuid)


@pytest.mark.parametrize("call", [ask, delete], ids=["ask", "delete"])
async def test_of_deletions_at_once_one_is_begun(domain: Domain, call: Ask) -> None:
    package = await domain.add_aip()
    results = await asyncio.gather(
        *(call(domain, package.uuid) for _ in range(8)), return_exceptions=True
    )
    refused = [each for each in results if each is not None]
    assert len(refused) == 7
    assert all(isinstance(each, NotValid | NotAvailable) for each in refused)
    assert len(await requests(domain, package.uuid)) == 1


async def test_of_decisions_at_once_one_counts(domain: Domain) -> None:
    package = await domain.add_aip()
    await ask(domain, package.uuid)
    calls = [
        review(domain, package.uuid),
        review(domain, package.uuid, approved=False),
        cancel(domain, package.uuid),
        reject(domain, package.uuid),
    ]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert results.count(None) == 1
    tags = [event.tag for event in await domain.logged()]
    assert tags.count("deletion_request_updated_event") == 1


async def test_a_package_that_moves_is_not_deleted(domain: Domain) -> None:
    shelf, package = await domain.add_location(), await domain.add_aip()
    async with domain.begin("move_aip") as transaction:
        await move_aip(transaction, domain.engine, domain.configurations, package.uuid, shelf.uuid)
    with pytest.raises(NotValid, match=r"^AIP is not stored$"):
        await ask(domain, package.uuid)


async def test_a_rejection_where_nobody_asked_for_a_deletion_tells_of_itself_alone(
    domain: Domain,
) -> None:
    package = await domain.add_aip(status=AIPStatus.PENDING)
    head = await domain.events.head()
    await reject(domain, package.uuid)
    assert await told(domain, head.position) == ["updated: deleted"]
