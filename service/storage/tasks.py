"""Tasks: the steps of a workflow, as people follow them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.events import StorageEvent, TaskCreatedEvent, TaskUpdatedEvent
from generated.storage.models import TaskStatus
from runtime.events.transaction import Transaction
from service.storage import items
from service.storage.rows import TaskRow


async def create_task(
    transaction: Transaction[StorageEvent],
    *,
    uuid: UUID,
    name: str,
    status: TaskStatus,
    workflow_uuid: UUID,
    note: str = "",
    started_at: datetime | None = None,
    completed_at: datetime | None = None,
) -> TaskRow:
    """Record a step of a workflow; the note is shown to people."""
    row = TaskRow(
        uuid=uuid,
        name=name,
        status=status,
        workflow_uuid=workflow_uuid,
        note=note,
        started_at=started_at,
        completed_at=completed_at,
    )
    transaction.session.add(row)
    await transaction.session.flush()
    transaction.publish(lambda: TaskCreatedEvent(uuid=uuid, item=items.task(row)))
    return row


async def update_task(
    transaction: Transaction[StorageEvent],
    uuid: UUID,
    *,
    status: TaskStatus,
    note: str | None = None,
    completed_at: datetime | None = None,
) -> TaskRow:
    """Say where a task stands; without a note it keeps the one it has."""
    query = select(TaskRow).where(TaskRow.uuid == uuid).with_for_update(key_share=True)
    row = (await transaction.session.scalars(query)).one()
    row.status = status
    row.note = row.note if note is None else note
    row.completed_at = completed_at or row.completed_at
    await transaction.session.flush()
    transaction.publish(lambda: TaskUpdatedEvent(uuid=uuid, item=items.task(row)))
    return row


async def find_first_task(session: AsyncSession, workflow_uuid: UUID) -> TaskRow:
    """Read the task that a workflow, which is known to have one, began with."""
    query = select(TaskRow).where(TaskRow.workflow_uuid == workflow_uuid).order_by(TaskRow.id)
    return (await session.scalars(query.limit(1))).one()


async def find_task(session: AsyncSession, uuid: UUID) -> TaskRow:
    """Read a task that is known to be there."""
    return (await session.scalars(select(TaskRow).where(TaskRow.uuid == uuid))).one()
