"""What the embedded engine has recorded: its runs, the steps that are done, the signals to come.

Whoever writes about an unfinished run holds the lock of its row from :func:`lock_run` or
:func:`find_active` on, and takes it after those of the entities that the run is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.durable.engine import Canceled, Failure, Fault, Json, RunStatus, StepFailed
from runtime.durable.tables import workflow_run, workflow_signal, workflow_step


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """An unfinished run, as the table has it; ``failure`` says why it is undone, if it is."""

    id: UUID
    workflow: str
    identifier: str
    input: Mapping[str, Json]
    failed_attempts: int
    failure: Failure | None


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


async def find_active(session: AsyncSession, identifier: str) -> UUID | None:
    """Return the unfinished run of this identifier, if there is one, and lock its row."""
    query = select(workflow_run.c.id).where(workflow_run.c.active == identifier)
    return await session.scalar(query.with_for_update())


async def lock_run(session: AsyncSession, run_id: UUID) -> bool | None:
    """Lock the row of a run, and tell whether it is canceled; ``None`` if it has ended."""
    run = workflow_run.c
    query = select(run.canceled).where(run.id == run_id, run.active.is_not(None))
    canceled: bool | None = await session.scalar(query.with_for_update())
    return canceled


async def runnable_runs(
    session: AsyncSession, *, without: Iterable[UUID] = (), limit: int
) -> list[RecordedRun]:
    """Read the unfinished runs that there is something to do for by now, oldest first."""
    run = workflow_run.c
    query = select(run.number).where(
        # Not IS NOT NULL: a range is read off the index on every engine.
        run.active >= "",
        run.waits_for.is_(None),
        or_(run.due_at.is_(None), run.due_at <= datetime.now(UTC)),
        run.id.not_in(list(without)),
    )
    # Sorted here: asked for the first few in this order, engines walk through every ended run.
    oldest = sorted(await session.scalars(query))[:limit]
    if not oldest:
        return []
    rows = await session.execute(
        select(workflow_run).where(run.number.in_(oldest)).order_by(run.number)
    )
    return [_run(row) for row in rows.all()]


async def canceled_runs(session: AsyncSession, among: Iterable[UUID]) -> list[UUID]:
    """Read which of these runs are canceled."""
    run = workflow_run.c
    query = select(run.id).where(run.id.in_(list(among)), run.canceled)
    return list(await session.scalars(query))


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


async def is_ended(session: AsyncSession, run_id: UUID) -> bool:
    """Tell whether a run has ended."""
    query = select(workflow_run.c.active).where(workflow_run.c.id == run_id)
    return await session.scalar(query) is None


async def end_run(session: AsyncSession, run_id: UUID, status: RunStatus) -> None:
    """Record the end of a run; signals that it did not wait for go."""
    await session.execute(delete(workflow_signal).where(workflow_signal.c.run_id == run_id))
    await _update(session, run_id, active=None, status=status.value, ended_at=datetime.now(UTC))


async def remove_ended(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Remove runs that ended before a moment, the first of them, with their steps; say how many."""
    run = workflow_run.c
    query = select(run.id).where(run.ended_at < before).order_by(run.ended_at).limit(limit)
    ended = list(await session.scalars(query))
    if ended:
        await session.execute(delete(workflow_signal).where(workflow_signal.c.run_id.in_(ended)))
        await session.execute(delete(workflow_step).where(workflow_step.c.run_id.in_(ended)))
        await session.execute(delete(workflow_run).where(run.id.in_(ended)))
    return len(ended)


async def count_attempts(
    session: AsyncSession, run_id: UUID, *, failed_attempts: int, due_at: datetime | None
) -> None:
    """Record how often the step at hand has failed, and when it is due again."""
    await _update(session, run_id, failed_attempts=failed_attempts, due_at=due_at)


async def wait_for(session: AsyncSession, run_id: UUID, signal: str) -> None:
    """Record that there is nothing to do for a run until a signal comes."""
    await _update(session, run_id, waits_for=signal)


async def begin_undo(session: AsyncSession, run_id: UUID, failure: Failure) -> None:
    """Record why a run is undone from now on."""
    step = failure.step if isinstance(failure, StepFailed) else None
    await _update(
        session,
        run_id,
        failed_step=step,
        failure=str(failure),
        waits_for=None,
        failed_attempts=0,
        due_at=None,
    )


async def cancel_run(session: AsyncSession, run_id: UUID) -> None:
    """Record that a run is to be undone; there is something to do for it at once."""
    values = {"canceled": True, "waits_for": None, "failed_attempts": 0, "due_at": None}
    await _update(session, run_id, **values)


async def add_signal(session: AsyncSession, run_id: UUID, name: str, value: Json) -> None:
    """Record a signal for a run, which goes on if it waits for it."""
    await session.execute(
        insert(workflow_signal).values(
            run_id=run_id, name=name, value=value, sent_at=datetime.now(UTC)
        )
    )
    waiting = workflow_run.c.id == run_id, workflow_run.c.waits_for == name
    await session.execute(update(workflow_run).where(*waiting).values(waits_for=None))


async def take_signal(session: AsyncSession, run_id: UUID, name: str) -> tuple[Json] | None:
    """Take the oldest signal of a name: a tuple of what it carried; ``None`` if there is none."""
    signal = workflow_signal.c
    query = (
        select(signal.number, signal.value)
        .where(signal.run_id == run_id, signal.name == name)
        .order_by(signal.number)
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    await session.execute(delete(workflow_signal).where(signal.number == row.number))
    return (row.value,)


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


async def has_step(session: AsyncSession, run_id: UUID, name: str) -> bool:
    """Tell whether a step is recorded."""
    step = workflow_step.c
    query = select(step.name).where(step.run_id == run_id, step.name == name)
    return await session.scalar(query) is not None


async def steps_of(session: AsyncSession, run_id: UUID) -> dict[str, RecordedStep]:
    """Read the recorded steps of a run."""
    step = workflow_step.c
    query = select(step.name, step.result, step.reason).where(step.run_id == run_id)
    return {row.name: RecordedStep(*row) for row in (await session.execute(query)).all()}


def _run(row: Row[Any]) -> RecordedRun:
    failure: Failure | None = None
    if row.failed_step is not None:
        failure = StepFailed(row.failed_step, row.failure)
    elif row.failure is not None:
        failure = Fault()
    elif row.canceled:
        failure = Canceled()
    return RecordedRun(
        row.id, row.workflow, row.identifier, row.input, row.failed_attempts, failure
    )


async def _update(session: AsyncSession, run_id: UUID, **values: Any) -> None:
    await session.execute(update(workflow_run).where(workflow_run.c.id == run_id).values(**values))
