"""Workflows: the work on a package, as people follow it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from generated.storage.events import StorageEvent, WorkflowCreatedEvent, WorkflowUpdatedEvent
from generated.storage.models import AIPWorkflows, WorkflowStatus, WorkflowType
from runtime.events.transaction import Transaction
from service.storage import items
from service.storage.rows import WorkflowRow


async def create_workflow(
    transaction: Transaction[StorageEvent],
    *,
    uuid: UUID,
    temporal_id: str,
    type: WorkflowType,
    status: WorkflowStatus,
    aip_uuid: UUID,
    started_at: datetime | None = None,
) -> WorkflowRow:
    """Record a workflow of a package; ``temporal_id`` is the engine's own name for it."""
    row = WorkflowRow(
        uuid=uuid,
        temporal_id=temporal_id,
        type=type,
        status=status,
        aip_uuid=aip_uuid,
        started_at=started_at,
    )
    transaction.session.add(row)
    await transaction.session.flush()
    transaction.publish(lambda: WorkflowCreatedEvent(uuid=uuid, item=items.workflow_simple(row)))
    return row


async def update_workflow(
    transaction: Transaction[StorageEvent],
    uuid: UUID,
    *,
    status: WorkflowStatus,
    completed_at: datetime | None = None,
) -> WorkflowRow:
    """Say where a workflow stands, and when it ended if it has."""
    row = await _find(transaction.session, uuid)
    row.status = status
    row.completed_at = completed_at or row.completed_at
    await transaction.session.flush()
    transaction.publish(lambda: WorkflowUpdatedEvent(uuid=uuid, item=items.workflow_simple(row)))
    return row


async def list_aip_workflows(
    session: AsyncSession,
    aip_uuid: UUID,
    *,
    status: WorkflowStatus | None = None,
    type: WorkflowType | None = None,
) -> AIPWorkflows:
    """Read the workflows of a package with their tasks, both oldest first.

    There is no list at all, not an empty one, when there is none: clients depend on it.
    """
    query = (
        select(WorkflowRow)
        .where(WorkflowRow.aip_uuid == aip_uuid)
        .options(selectinload(WorkflowRow.tasks))
        .order_by(WorkflowRow.id)
    )
    if status is not None:
        query = query.where(WorkflowRow.status == status)
    if type is not None:
        query = query.where(WorkflowRow.type == type)
    rows = await session.scalars(query)
    return AIPWorkflows(workflows=[items.workflow(row) for row in rows] or None)


async def latest_status(
    session: AsyncSession, aip_uuid: UUID, type: WorkflowType
) -> WorkflowStatus | None:
    """Read where the latest workflow of a type on a package stands; ``None`` if there was none."""
    query = (
        select(WorkflowRow.status)
        .where(WorkflowRow.aip_uuid == aip_uuid, WorkflowRow.type == type)
        .order_by(WorkflowRow.id.desc())
        .limit(1)
    )
    status: WorkflowStatus | None = await session.scalar(query)
    return status


async def _find(session: AsyncSession, uuid: UUID) -> WorkflowRow:
    return (
        await session.scalars(
            select(WorkflowRow).where(WorkflowRow.uuid == uuid).with_for_update(key_share=True)
        )
    ).one()
