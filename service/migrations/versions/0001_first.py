"""The log of events, the journal of workflows, and the entities.

A migration says what it says for ever: it spells its types out and imports none of ours.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UUID = sa.CHAR(36)
WORD = sa.String(32)
TEXT = sa.String(2048)
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
PAYLOAD = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, in an order in which each finds what it refers to."""
    _create_events()
    _create_journal()
    _create_location()
    _create_aip()
    _create_workflow()
    _create_task()
    _create_deletion_request()


def downgrade() -> None:
    """Drop every table, in the opposite order."""
    for table in (
        "deletion_request",
        "task",
        "workflow",
        "aip",
        "location",
        "workflow_step",
        "workflow_run",
        "event",
        "event_stream",
    ):
        op.drop_table(table)


def _create_events() -> None:
    op.create_table(
        "event_stream",
        _column("name", sa.String(64), primary_key=True),
        _column("epoch", sa.BigInteger()),
        _column("position", sa.BigInteger()),
    )
    op.create_table(
        "event",
        _column("stream", sa.String(64), primary_key=True),
        _column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        _column("tag", sa.String(128)),
        _column("subject", sa.String(255), nullable=True),
        _column("payload", PAYLOAD),
        _column("actor", sa.Text()),
        _column("operation", sa.String(128)),
        _column("recorded_at", MOMENT),
    )


def _create_journal() -> None:
    op.create_table(
        "workflow_run",
        _column("number", NUMBER, primary_key=True),
        _column("id", sa.Uuid(), unique=True),
        _column("workflow", sa.String(100)),
        _column("identifier", sa.String(255), index=True),
        _column("active", sa.String(255), nullable=True, unique=True),
        _column("input", sa.JSON()),
        _column("status", sa.String(20)),
        _column("started_at", MOMENT),
        _column("ended_at", MOMENT, nullable=True),
    )
    op.create_table(
        "workflow_step",
        _column(
            "run_id",
            sa.Uuid(),
            sa.ForeignKey("workflow_run.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        _column("name", sa.String(100), primary_key=True),
        _column("done", sa.Boolean()),
        _column("result", sa.JSON(), nullable=True),
        _column("reason", sa.Text(), nullable=True),
        _column("recorded_at", MOMENT),
    )


def _create_location() -> None:
    op.create_table(
        "location",
        *_identity("location"),
        _column("name", TEXT),
        _column("description", TEXT),
        _column("source", WORD),
        _column("purpose", WORD),
        _column("config", sa.LargeBinary()),
        _column("created_at", MOMENT),
    )


def _create_aip() -> None:
    op.create_table(
        "aip",
        *_identity("aip"),
        _column("name", TEXT),
        _column("status", WORD),
        _column("object_key", UUID),
        _column("location_uuid", UUID, nullable=True),
        _column("created_at", MOMENT),
        _column("deletion_report_key", sa.String(1024), nullable=True),
        sa.UniqueConstraint("object_key", name="uq_aip_object_key"),
        _reference("aip", "location_uuid", "location.uuid", "SET NULL"),
    )
    for column in ("status", "created_at", "location_uuid"):
        op.create_index(f"ix_aip_{column}", "aip", [column])


def _create_workflow() -> None:
    op.create_table(
        "workflow",
        *_identity("workflow"),
        _column("temporal_id", sa.String(255)),
        _column("type", WORD),
        _column("status", WORD),
        _column("started_at", MOMENT, nullable=True),
        _column("completed_at", MOMENT, nullable=True),
        _column("aip_uuid", UUID),
        _reference("workflow", "aip_uuid", "aip.uuid", "CASCADE"),
    )
    op.create_index("ix_workflow_aip_uuid", "workflow", ["aip_uuid"])


def _create_task() -> None:
    op.create_table(
        "task",
        *_identity("task"),
        _column("name", TEXT),
        _column("status", WORD),
        _column("started_at", MOMENT, nullable=True),
        _column("completed_at", MOMENT, nullable=True),
        _column("note", sa.Text()),
        _column("workflow_uuid", UUID),
        _reference("task", "workflow_uuid", "workflow.uuid", "CASCADE"),
    )
    op.create_index("ix_task_workflow_uuid", "task", ["workflow_uuid"])


def _create_deletion_request() -> None:
    people = [
        _column(f"{person}{part}", sa.String(1024), nullable=person == "reviewer")
        for person in ("requester", "reviewer")
        for part in ("", "_iss", "_sub")
    ]
    op.create_table(
        "deletion_request",
        *_identity("deletion_request"),
        *people,
        _column("reason", TEXT),
        _column("status", WORD),
        _column("requested_at", MOMENT),
        _column("reviewed_at", MOMENT, nullable=True),
        _column("aip_uuid", UUID),
        _column("workflow_uuid", UUID, nullable=True),
        sa.UniqueConstraint("workflow_uuid", name="uq_deletion_request_workflow_uuid"),
        _reference("deletion_request", "aip_uuid", "aip.uuid", "CASCADE"),
        _reference("deletion_request", "workflow_uuid", "workflow.uuid", "SET NULL"),
    )
    op.create_index(
        "ix_deletion_request_aip_uuid_status", "deletion_request", ["aip_uuid", "status"]
    )


def _identity(table: str) -> tuple[sa.Column[Any] | sa.Constraint, ...]:
    return (
        _column("id", NUMBER, autoincrement=True),
        _column("uuid", UUID),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uuid", name=f"uq_{table}_uuid"),
    )


def _reference(table: str, column: str, target: str, on_delete: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=f"fk_{table}_{column}", ondelete=on_delete
    )


def _column(name: str, type_: Any, *more: Any, nullable: bool = False, **rest: Any) -> Any:
    return sa.Column(name, type_, *more, nullable=nullable, **rest)
