"""A row of each table, as the first migration made it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from runtime.database.engine import migration_engine

SHELF, AIP, KEY, WORKFLOW, TASK, REQUEST = (
    f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "123456"
)
WHEN: Final = datetime(2026, 1, 2, 3, 4, 5)
RUN: Final = UUID("77777777-7777-4777-8777-777777777777")

ROWS: Final[dict[str, dict[str, Any]]] = {
    "event_stream": {"name": "storage", "epoch": 1767323045000, "position": 1},
    "event": {
        "stream": "storage",
        "position": 1,
        "tag": "aip_created_event",
        "subject": AIP,
        "payload": b'{"uuid":"\x00\xff"}',
        "actor": "https://id.test 1",
        "operation": "create_aip",
        "recorded_at": WHEN.replace(microsecond=123456),
    },
    "workflow_run": {
        "number": 3,
        "id": RUN,
        "workflow": "move_workflow",
        "identifier": f"storage-move-workflow-{AIP}",
        "active": None,
        "input": {"aip_uuid": AIP},
        "status": "failed",
        "started_at": WHEN,
        "ended_at": WHEN,
    },
    "workflow_step": {
        "run_id": RUN,
        "name": "copy",
        "done": False,
        "reason": "the disk is full",
        "recorded_at": WHEN,
    },
    "location": {
        "id": 4,
        "uuid": SHELF,
        "name": "Regal Ü ",
        "description": "",
        "source": "s3",
        "purpose": "aip_store",
        "config": b"\x80sealed\x00",
        "created_at": WHEN,
    },
    "aip": {
        "id": 5,
        "uuid": AIP,
        "name": "Żółw 🐢",
        "status": "pending",
        "object_key": KEY,
        "location_uuid": SHELF,
        "created_at": WHEN,
        "deletion_report_key": None,
    },
    "workflow": {
        "id": 6,
        "uuid": WORKFLOW,
        "temporal_id": f"storage-move-workflow-{AIP}",
        "type": "move aip",
        "status": "error",
        "started_at": WHEN,
        "completed_at": None,
        "aip_uuid": AIP,
    },
    "task": {
        "id": 7,
        "uuid": TASK,
        "name": "Copy AIP",
        "status": "error",
        "started_at": None,
        "completed_at": WHEN,
        "note": "Failed to copy AIP\nthe disk is full",
        "workflow_uuid": WORKFLOW,
    },
    "deletion_request": {
        "id": 8,
        "uuid": REQUEST,
        "requester": "Ada",
        "requester_iss": "https://id.test",
        "requester_sub": "1",
        "reviewer": None,
        "reviewer_iss": None,
        "reviewer_sub": None,
        "reason": "Registered twice",
        "status": "pending",
        "requested_at": WHEN,
        "reviewed_at": None,
        "aip_uuid": AIP,
        "workflow_uuid": WORKFLOW,
    },
}
"""In an order in which each finds what it refers to."""

_TYPES: Final[dict[type, sa.types.TypeEngine[Any]]] = {
    datetime: sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql"),
    UUID: sa.Uuid(),
    dict: sa.JSON(),
    bool: sa.Boolean(),
    bytes: sa.LargeBinary(),
}


def _table(name: str) -> sa.TableClause:
    columns = (sa.column(key, _TYPES.get(type(value))) for key, value in ROWS[name].items())
    return sa.table(name, *columns)


async def insert(url: str) -> None:
    """Write every row."""
    engine = migration_engine(url)
    async with engine.begin() as connection:
        for name, row in ROWS.items():
            await connection.execute(_table(name).insert().values(row))
    await engine.dispose()


async def read(url: str) -> dict[str, dict[str, Any]]:
    """Read what has become of them."""
    engine = migration_engine(url)
    async with engine.connect() as connection:
        found = {name: (await connection.execute(sa.select(_table(name)))).one() for name in ROWS}
    await engine.dispose()
    return {name: dict(row._mapping) for name, row in found.items()}
