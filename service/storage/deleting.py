"""Deleting a package: asking for it, deciding about it, taking the wish back.

What can be refused is refused here; what people see first commits with it.  The work itself, and
what it tells at its end, is ``delete_workflow.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from generated.storage.errors import Forbidden, NotAvailable, NotFound, NotValid
from generated.storage.events import StorageEvent
from generated.storage.models import (
    AIPStatus,
    DeletionRequestStatus,
    TaskStatus,
    WorkflowStatus,
    WorkflowType,
)
from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.durable.engine import AlreadyRunning, WorkflowEngine
from runtime.events.transaction import Transaction
from runtime.model import Model
from service.storage.aips import allowed, find_aip_to_change, update_aip_status
from service.storage.deletion import (
    create_deletion_request,
    find_open_request,
    requester_of_auto,
    update_deletion_request,
)
from service.storage.rows import AIPRow, DeletionRequestRow
from service.storage.states import BECOMES, REFUSALS, Action
from service.storage.tasks import create_task, find_first_task, update_task
from service.storage.texts import kept
from service.storage.workflows import create_workflow, update_workflow

DELETE_WORKFLOW: Final = "delete_workflow"
"""The name of the workflow, in the design and in the records of the engine."""

DECISION: Final = "decision"
"""The signal that a request was decided; it carries the request's new status."""

LONGEST_CLAIM: Final = 1024
"""How many characters of a claim about a requester or reviewer are kept: all, or none is taken."""


class Deletion(Model):
    """What is deleted, and for whom: the recorded input of the workflow.

    ``automatic`` is whether nobody reviews it.
    """

    aip_uuid: UUID
    request_uuid: UUID
    workflow_uuid: UUID
    automatic: bool
    skip_report: bool


def delete_identifier(aip_uuid: UUID) -> str:
    """Name the deletion of a package: there is one at a time."""
    return f"storage-delete-workflow-{aip_uuid}"


async def request_aip_deletion(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    uuid: UUID,
    reason: str,
) -> None:
    """Ask for a package to be deleted; somebody else decides.

    Raises:
        NotFound: There is no such package.
        NotValid: Nobody knows who asks, or why, or the package is not stored.
        NotAvailable: It is being deleted.
    """
    requester = transaction.caller.claims
    _check_authenticated(requester)
    _check_known(requester)
    await _begin(transaction, engine, uuid, requester, reason, Action.REQUEST_DELETION)


async def delete_aip(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    uuid: UUID,
    reason: str,
    *,
    skip_report: bool,
) -> None:
    """Delete a package without a review.

    Raises:
        NotFound: There is no such package.
        NotValid: Nobody knows who asks, or why, or the package is not stored.
        NotAvailable: It is being deleted.
    """
    requester = requester_of_auto(transaction.caller.claims)
    _check_known(requester)
    deletion = await _begin(
        transaction, engine, uuid, requester, reason, Action.DELETE, skip_report=skip_report
    )
    await update_deletion_request(
        transaction,
        deletion.request_uuid,
        status=DeletionRequestStatus.APPROVED,
        reviewer=requester,
    )


async def review_aip_deletion(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    uuid: UUID,
    *,
    approved: bool,
) -> None:
    """Decide about the deletion of a package.

    Raises:
        NotFound: There is no such package.
        NotValid: Nobody knows who decides, or it is the requester, or there is nothing to decide.
    """
    reviewer = transaction.caller.claims
    _check_authenticated(reviewer)
    _check_known(reviewer)
    row = await find_aip_to_change(transaction.session, uuid)
    allowed(Action.REVIEW, row)
    request = await find_open_request(transaction.session, uuid)
    if request is None:
        # The package waits for something else: whoever made it may have made it ``pending``.
        raise NotValid(REFUSALS[Action.REVIEW])
    if _asked_by(request, reviewer):
        raise NotValid("requester cannot review their own request")
    status = DeletionRequestStatus.APPROVED if approved else DeletionRequestStatus.REJECTED
    await _resume(transaction, row, request, Action.REVIEW)
    await _decide(transaction, engine, request, status, reviewer)


async def cancel_aip_deletion(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    uuid: UUID,
    *,
    check: bool,
) -> None:
    """Take a request back, or only see whether the caller could.

    Raises:
        NotValid: Nobody knows who calls, or there is no request to take back.
        Forbidden: It is somebody else's.
    """
    requester = transaction.caller.claims
    _check_authenticated(requester)
    _check_known(requester)
    try:
        row = await find_aip_to_change(transaction.session, uuid)
        allowed(Action.CANCEL, row)
    except NotFound as error:
        raise NotValid(REFUSALS[Action.CANCEL]) from error
    request = await find_open_request(transaction.session, uuid)
    if request is None:
        raise NotValid(REFUSALS[Action.CANCEL])
    if not _asked_by(request, requester):
        raise Forbidden
    if not check:
        await _resume(transaction, row, request, Action.CANCEL)
        await _decide(transaction, engine, request, DeletionRequestStatus.CANCELED, requester)


async def withdraw_request(
    transaction: Transaction[StorageEvent], engine: WorkflowEngine[StorageEvent], uuid: UUID
) -> None:
    """Cancel the open request to delete a package, if there is one, on behalf of the caller."""
    request = await find_open_request(transaction.session, uuid)
    if request is not None:
        canceler = requester_of_auto(transaction.caller.claims)
        await _decide(transaction, engine, request, DeletionRequestStatus.CANCELED, canceler)


def review_note(requester: str, reason: str, last: str) -> str:
    """Say who wants a package deleted, why, and how that stands (contract, behaviour.md section
    5).
    """
    return f"An AIP deletion has been requested by {requester}. Reason:\n\n{reason}\n\n{last}"


async def _begin(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    uuid: UUID,
    requester: Claims,
    reason: str,
    action: Action,
    *,
    skip_report: bool = False,
) -> Deletion:
    if not reason.strip():
        raise NotValid("invalid reason")
    kept("reason", reason)
    row = await find_aip_to_change(transaction.session, uuid)
    allowed(action, row)
    deletion = Deletion(
        aip_uuid=uuid,
        request_uuid=uuid4(),
        workflow_uuid=uuid4(),
        automatic=action is Action.DELETE,
        skip_report=skip_report,
    )
    identifier = delete_identifier(uuid)
    await update_aip_status(transaction, row, was=row.status, becomes=BECOMES[action])
    await _tell(transaction, deletion, identifier, requester, reason)
    try:
        await engine.start(
            transaction, DELETE_WORKFLOW, identifier, deletion.model_dump(mode="json")
        )
    except AlreadyRunning as error:
        raise NotAvailable("the AIP is being deleted") from error
    return deletion


async def _tell(
    transaction: Transaction[StorageEvent],
    deletion: Deletion,
    identifier: str,
    requester: Claims,
    reason: str,
) -> None:
    """Record the work, its first task, and the request, in the order in which clients need them."""
    now = datetime.now(UTC)
    await create_workflow(
        transaction,
        uuid=deletion.workflow_uuid,
        temporal_id=identifier,
        type=WorkflowType.DELETE_AIP,
        status=WorkflowStatus.IN_PROGRESS if deletion.automatic else WorkflowStatus.PENDING,
        aip_uuid=deletion.aip_uuid,
        started_at=now,
    )
    waiting = "Auto-approving deletion request." if deletion.automatic else "Awaiting user review."
    await create_task(
        transaction,
        uuid=uuid4(),
        name="AIP deletion request",
        status=TaskStatus.PENDING,
        workflow_uuid=deletion.workflow_uuid,
        note=review_note(requester.display_name, reason, waiting),
        started_at=now,
    )
    await create_deletion_request(
        transaction,
        uuid=deletion.request_uuid,
        aip_uuid=deletion.aip_uuid,
        requester=requester,
        reason=reason,
        workflow_uuid=deletion.workflow_uuid,
    )


async def _resume(
    transaction: Transaction[StorageEvent],
    row: AIPRow,
    request: DeletionRequestRow,
    action: Action,
) -> None:
    """Show that the work goes on."""
    await update_aip_status(transaction, row, was=AIPStatus.PENDING, becomes=BECOMES[action])
    assert request.workflow_uuid is not None
    await update_workflow(transaction, request.workflow_uuid, status=WorkflowStatus.IN_PROGRESS)


async def _decide(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    request: DeletionRequestRow,
    status: DeletionRequestStatus,
    reviewer: Claims,
) -> None:
    """Record a decision, and let the work go on with it."""
    assert request.workflow_uuid is not None
    await update_deletion_request(transaction, request.uuid, status=status, reviewer=reviewer)
    decided = f"AIP deletion request {status} by {reviewer.display_name}."
    task = await find_first_task(transaction.session, request.workflow_uuid)
    await update_task(
        transaction,
        task.uuid,
        status=TaskStatus.DONE,
        note=review_note(request.requester, request.reason, decided),
        completed_at=datetime.now(UTC),
    )
    identifier = delete_identifier(request.aip_uuid)
    await engine.signal(transaction, identifier, DECISION, status.value)


def _asked_by(request: DeletionRequestRow, claims: Claims) -> bool:
    return (request.requester_iss, request.requester_sub) == (claims.issuer, claims.subject)


def _check_authenticated(claims: Claims) -> None:
    if claims == UNRESTRICTED:
        raise NotValid("authentication is required")


def _check_known(claims: Claims) -> None:
    """See that a request or decision can be ascribed to somebody.

    Raises:
        NotValid: It cannot.
    """
    for name, text in (
        ("email, preferred_username, or name", claims.display_name),
        ("sub", claims.subject),
        ("iss", claims.issuer),
    ):
        if not text:
            raise NotValid(f"{name} claim is required")
        if len(text) > LONGEST_CLAIM:
            raise NotValid(f"{name} claim is longer than {LONGEST_CLAIM} characters")
        kept(f"{name} claim", text)
