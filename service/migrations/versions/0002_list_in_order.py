"""Indexes of packages in the order in which they are listed."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lead from an index of one column to one that has the whole order."""
    op.create_index("ix_aip_created_at_id", "aip", ["created_at", "id"])
    op.create_index("ix_aip_status_created_at_id", "aip", ["status", "created_at", "id"])
    op.drop_index("ix_aip_created_at", "aip")
    op.drop_index("ix_aip_status", "aip")


def downgrade() -> None:
    """Lead back."""
    op.create_index("ix_aip_status", "aip", ["status"])
    op.create_index("ix_aip_created_at", "aip", ["created_at"])
    op.drop_index("ix_aip_status_created_at_id", "aip")
    op.drop_index("ix_aip_created_at_id", "aip")
