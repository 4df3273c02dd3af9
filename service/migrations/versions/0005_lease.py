"""The lease of the process that performs workflows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let processes find out by a row which of them performs workflows."""
    op.create_table(
        "workflow_lease",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(255)),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Lead back to a lock of the server's."""
    op.drop_table("workflow_lease")
