"""Runs that ended long ago are found without a look at every other."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index runs by their end."""
    op.create_index("ix_workflow_run_ended_at", "workflow_run", ["ended_at"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_workflow_run_ended_at", "workflow_run")
