"""The tables of the embedded engine."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    false,
    text,
)

from runtime.database.types import UTCDateTime

metadata: Final = MetaData()
"""The tables of the engine, for the migrations of the service that keeps them."""

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")

workflow_run: Final = Table(
    "workflow_run",
    metadata,
    # A plain number beside the id: runs of one identifier have an order.
    Column("number", _NUMBER, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("workflow", String(100), nullable=False),
    Column("identifier", String(255), nullable=False, index=True),
    # The identifier while the run is unfinished, else NULL: at most one is, on every engine.
    Column("active", String(255), unique=True),
    Column("input", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime, index=True),
    # The signal that it waits for.
    Column("waits_for", String(100)),
    # How often the step at hand has failed, and when it is tried again.
    Column("failed_attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", UTCDateTime),
    Column("canceled", Boolean, nullable=False, server_default=false()),
    # Why it is being undone, if it is: the step that failed, none for a fault, and the reason.
    Column("failed_step", String(100)),
    Column("failure", Text),
)
workflow_step: Final = Table(
    "workflow_step",
    metadata,
    Column("run_id", Uuid, ForeignKey(workflow_run.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("done", Boolean, nullable=False),
    Column("result", JSON),
    Column("reason", Text),
    Column("recorded_at", UTCDateTime, nullable=False),
)
workflow_signal: Final = Table(
    "workflow_signal",
    metadata,
    Column("number", _NUMBER, primary_key=True),
    Column(
        "run_id",
        Uuid,
        ForeignKey(workflow_run.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("name", String(100), nullable=False),
    Column("value", JSON),
    Column("sent_at", UTCDateTime, nullable=False),
)
workflow_lease: Final = Table(
    "workflow_lease",
    metadata,
    Column("name", String(64), primary_key=True),
    # For people: the fence alone tells holders apart.  NULL is nobody.
    Column("owner", String(255)),
    Column("fence", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
)
