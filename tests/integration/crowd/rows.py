"""What the database holds, past the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database.engine import Database
from service.storage import items
from service.storage.rows import AIPRow, DeletionRequestRow, LocationRow, TaskRow, WorkflowRow
from tests.integration.crowd.rules import Item

Rows = dict[str, dict[str, Item]]

SHOWN: Final[Mapping[str, tuple[type[Any], Callable[[Any], Any]]]] = {
    "location": (LocationRow, items.location),
    "aip": (AIPRow, items.aip),
    "aip_workflow": (WorkflowRow, items.workflow_simple),
    "aip_task": (TaskRow, items.task),
    "deletion_request": (DeletionRequestRow, items.deletion_request),
}
"""The table of each kind, and how its rows are shown."""


async def read(database: Database) -> Rows:
    """Read every row, in one snapshot."""
    async with database.read() as session:
        return {kind: await _read(session, *how) for kind, how in SHOWN.items()}


async def _read(
    session: AsyncSession, table: type[Any], show: Callable[[Any], Any]
) -> dict[str, Item]:
    shown = [
        show(row).model_dump(mode="json", exclude_none=True)
        for row in await session.scalars(select(table).order_by(table.id))
    ]
    return {item["uuid"]: item for item in shown}


def at_work(rows: Rows) -> bool:
    """Tell whether anything goes on that waits for nobody."""
    return any(item["status"] == "processing" for item in rows["aip"].values()) or any(
        workflow["status"] == "in progress"
        or (
            workflow["status"] == "pending"
            and rows["aip"][workflow["aip_uuid"]]["status"] == "deleted"
        )
        for workflow in rows["aip_workflow"].values()
    )
