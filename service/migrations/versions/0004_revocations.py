"""The table of rights that were taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "revocation",
        sa.Column("issuer", sa.String(512), primary_key=True, nullable=False),
        sa.Column("subject", sa.String(255), primary_key=True, nullable=False),
        sa.Column("issued_before", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop it, and with it what was revoked."""
    op.drop_table("revocation")
