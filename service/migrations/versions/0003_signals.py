"""Runs of workflows wait for signals and for their next attempt, are canceled, and go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

COLUMNS = (
    ("waits_for", sa.String(100), None),
    ("failed_attempts", sa.Integer(), sa.text("0")),
    ("due_at", MOMENT, None),
    ("canceled", sa.Boolean(), sa.false()),
    ("failed_step", sa.String(100), None),
    ("failure", sa.Text(), None),
)


def upgrade() -> None:
    """Say more of a run, and keep the signals that it has not waited for yet."""
    for name, type_, default in COLUMNS:
        op.add_column(
            "workflow_run",
            sa.Column(name, type_, nullable=default is None, server_default=default),
        )
    op.create_table(
        "workflow_signal",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column(
            "run_id",
            sa.Uuid(),
            sa.ForeignKey("workflow_run.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", sa.JSON()),
        sa.Column("sent_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Forget the signals; unfinished runs are undone by the version before."""
    op.drop_table("workflow_signal")
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("workflow_run", name)
