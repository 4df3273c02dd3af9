"""The tables of the embedded engine: which runs there are, and which of their steps are done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

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
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database.types import UTCDateTime
from runtime.durable.engine import Json, RunStatus, StepFailed

metadata: Final = MetaData()
"""The tables of the engine, for the migrations of the service that keeps them."""

workflow_run: Final = Table(
    "workflow_run",
    metadata,
    # A plain number beside the id: runs of one identifier have an order.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("workflow", String(100), nullable=False),
    Column("identifier", String(255), nullable=False, index=True),
    # The identifier while the run is unfinished, else NULL: at most one is, on every engine.
    Column("active", String(255), unique=True),
    Column("input", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
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


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """An unfinished run, as the table has it."""

    id: UUID
    workflow: str
    identifier: str
    input: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """What became of a step: its ``result``, or the ``reason`` why it failed for good."""

    name: str
    result: Json = None
    reason: str | None = None

    @property
    def done(self) -> bool:
        """Tell whether it did what it should."""
        return self.reason is None

    def outcome(self) -> Json:
        """Return the result.

        Raises:
            StepFailed: There is none.
        """
        if self.reason is not None:
            raise StepFailed(self.name, self.reason)
        return self.result


async def add_run(
    session: AsyncSession, workflow: str, identifier: str, input: Mapping[str, Json]
) -> None:
    """Record a new run.  ``active`` is unique, so a second unfinished one is an IntegrityError."""
    await session.execute(
        insert(workflow_run).values(
            id=uuid4(),
            workflow=workflow,
            identifier=identifier,
            active=identifier,
            input=dict(input),
            status=RunStatus.RUNNING.value,
            started_at=datetime.now(UTC),
        )
    )


async def is_active(session: AsyncSession, identifier: str) -> bool:
    """Tell whether an unfinished run of this identifier exists."""
    query = select(workflow_run.c.id).where(workflow_run.c.active == identifier)
    return await session.scalar(query) is not None


async def unfinished_runs(
    session: AsyncSession, *, without: Iterable[UUID] = (), limit: int | None = None
) -> list[RecordedRun]:
    """Read the unfinished runs, oldest first."""
    run = workflow_run.c
    query = (
        select(run.id, run.workflow, run.identifier, run.input)
        .where(run.active.is_not(None), run.id.not_in(list(without)))
        .order_by(run.number)
        .limit(limit)
    )
    return [RecordedRun(*row) for row in (await session.execute(query)).all()]


async def latest_status(session: AsyncSession, identifier: str) -> RunStatus:
    """Read the status of the latest run of an identifier."""
    query = (
        select(workflow_run.c.status)
        .where(workflow_run.c.identifier == identifier)
        .order_by(workflow_run.c.number.desc())
        .limit(1)
    )
    status = await session.scalar(query)
    return RunStatus.NONE if status is None else RunStatus(status)


async def end_run(session: AsyncSession, run_id: UUID, status: RunStatus) -> bool:
    """Record the end of a run; ``False`` if it had ended before."""
    statement = (
        update(workflow_run)
        .where(workflow_run.c.id == run_id, workflow_run.c.active.is_not(None))
        .values(active=None, status=status.value, ended_at=datetime.now(UTC))
    )
    result: Any = await session.execute(statement)
    return bool(result.rowcount)


async def add_step(session: AsyncSession, run_id: UUID, step: RecordedStep) -> None:
    """Record what became of a step; a second record of one step is an IntegrityError."""
    await session.execute(
        insert(workflow_step).values(
            run_id=run_id,
            name=step.name,
            done=step.done,
            result=step.result,
            reason=step.reason,
            recorded_at=datetime.now(UTC),
        )
    )


async def steps_of(session: AsyncSession, run_id: UUID) -> dict[str, RecordedStep]:
    """Read the recorded steps of a run, in the order of their record."""
    step = workflow_step.c
    query = (
        select(step.name, step.result, step.reason)
        .where(step.run_id == run_id)
        .order_by(step.recorded_at)
    )
    return {row.name: RecordedStep(*row) for row in (await session.execute(query)).all()}
