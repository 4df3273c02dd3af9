"""On SQLite an event is kept where its position is, which saves every change a page to write."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS: Final = "stream, position, tag, subject, payload, actor, operation, recorded_at"


def upgrade() -> None:
    """Make the table anew, without the row numbers that nobody asks for."""
    _remake(sqlite_with_rowid=False)


def downgrade() -> None:
    """Make it anew with them."""
    _remake()


def _remake(**options: Any) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "event_anew",
        sa.Column("stream", sa.String(64), primary_key=True, nullable=False),
        sa.Column("position", sa.BigInteger(), primary_key=True, nullable=False),
        sa.Column("tag", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(255)),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("operation", sa.String(128), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        **options,
    )
    op.execute(f"INSERT INTO event_anew ({COLUMNS}) SELECT {COLUMNS} FROM event")
    op.drop_table("event")
    op.rename_table("event_anew", "event")
