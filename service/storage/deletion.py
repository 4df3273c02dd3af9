"""Deletion requests: who wants a package deleted, and what became of the wish."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.events import (
    DeletionRequestCreatedEvent,
    DeletionRequestUpdatedEvent,
    StorageEvent,
)
from generated.storage.models import DeletionRequestStatus
from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.events.transaction import Transaction
from service.storage import items
from service.storage.rows import DeletionRequestRow

AUTOMATIC: Final = Claims(
    issuer="unauthenticated", subject="unauthenticated", name="Enduro-auto-approve"
)
"""Who has deleted a package without a review where access control is off, and nobody is anybody."""

_OPEN_REQUEST: Final = (
    select(DeletionRequestRow)
    .where(
        DeletionRequestRow.aip_uuid == bindparam("aip"),
        DeletionRequestRow.status == DeletionRequestStatus.PENDING,
    )
    .order_by(DeletionRequestRow.id.desc())
    .limit(1)
)


def requester_of_auto(claims: Claims) -> Claims:
    """Return who a deletion without a review is ascribed to."""
    return AUTOMATIC if claims == UNRESTRICTED else claims


async def create_deletion_request(
    transaction: Transaction[StorageEvent],
    *,
    uuid: UUID,
    aip_uuid: UUID,
    requester: Claims,
    reason: str,
    workflow_uuid: UUID | None = None,
) -> DeletionRequestRow:
    """Record that somebody wants a package deleted."""
    row = DeletionRequestRow(
        uuid=uuid,
        aip_uuid=aip_uuid,
        workflow_uuid=workflow_uuid,
        reason=reason,
        status=DeletionRequestStatus.PENDING,
        requester=requester.display_name,
        requester_iss=requester.issuer,
        requester_sub=requester.subject,
        requested_at=datetime.now(UTC),
    )
    transaction.session.add(row)
    await transaction.session.flush()
    transaction.publish(
        lambda: DeletionRequestCreatedEvent(uuid=uuid, item=items.deletion_request(row))
    )
    return row


async def update_deletion_request(
    transaction: Transaction[StorageEvent],
    uuid: UUID,
    *,
    status: DeletionRequestStatus,
    reviewer: Claims,
) -> DeletionRequestRow:
    """Record what somebody decided."""
    query = (
        select(DeletionRequestRow)
        .where(DeletionRequestRow.uuid == uuid)
        .with_for_update(key_share=True)
    )
    row = (await transaction.session.scalars(query)).one()
    row.status = status
    row.reviewer = reviewer.display_name
    row.reviewer_iss = reviewer.issuer
    row.reviewer_sub = reviewer.subject
    row.reviewed_at = datetime.now(UTC)
    await transaction.session.flush()
    transaction.publish(
        lambda: DeletionRequestUpdatedEvent(uuid=uuid, item=items.deletion_request(row))
    )
    return row


async def find_open_request(session: AsyncSession, aip_uuid: UUID) -> DeletionRequestRow | None:
    """Read the request to delete a package that nobody has decided yet, if there is one."""
    return (await session.scalars(_OPEN_REQUEST, {"aip": aip_uuid})).first()


async def find_request(session: AsyncSession, uuid: UUID) -> DeletionRequestRow:
    """Read a request that is known to be there."""
    query = select(DeletionRequestRow).where(DeletionRequestRow.uuid == uuid)
    return (await session.scalars(query)).one()
