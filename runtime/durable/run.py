"""One run of a workflow on the embedded engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, repeat
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast
from uuid import UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.failures import passing
from runtime.durable import journal
from runtime.durable.counters import WorkflowCounters
from runtime.durable.engine import (
    ONCE,
    Canceled,
    Ending,
    Failure,
    Fault,
    Json,
    Retry,
    RunStatus,
    StepFailed,
    Workflow,
)
from runtime.durable.journal import RecordedRun, RecordedStep
from runtime.durable.lease import Fence
from runtime.events.event import Event
from runtime.events.transaction import Transaction, Transactions

E = TypeVar("E", bound=Event)
J = TypeVar("J", bound=Json)
T = TypeVar("T")

Change: TypeAlias = Callable[[Transaction[E]], Awaitable[None]]

DATABASE_AWAY_SECONDS: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0)
"""How long is waited while the database cannot be reached; the last wait is repeated for ever."""

UNDO: Final = Retry(attempts=1_000_000, longest=600.0)
"""How an undo that broke is tried again: it must come to its end some time."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Suspended(BaseException):
    """There is nothing to do for the run by now; all that is needed to go on is recorded.

    ``seconds`` later there is, or when something is recorded that it waits for.
    """

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__()
        self.seconds = seconds


class EmbeddedRun(Generic[E]):
    """One run of a workflow: see :class:`runtime.durable.engine.Run`.

    While the database cannot be written it waits, for ever if need be: without a record there is
    nothing to be done, and nothing to be undone.
    """

    def __init__(
        self,
        recorded: RecordedRun,
        database: Database,
        transactions: Transactions[E],
        caller: Caller,
        fence: Fence,
        counters: WorkflowCounters,
    ) -> None:
        self._recorded = recorded
        self._database = database
        self._transactions = transactions
        self._caller = caller
        self._fence = fence
        self._counters = counters
        self._id = recorded.id
        self._names = {"workflow": recorded.workflow, "identifier": recorded.identifier}
        self._steps: dict[str, RecordedStep] = {}
        self._failed_attempts = recorded.failed_attempts
        self._undoing = recorded.failure is not None
        self._canceled = False
        self._activity: asyncio.Future[Any] | None = None
        self._cut_short = False

    @property
    def identifier(self) -> str:
        """The identifier it was started for."""
        return self._recorded.identifier

    @property
    def input(self) -> Mapping[str, Json]:
        """What it was started with."""
        return self._recorded.input

    def uuid_for(self, name: str) -> UUID:
        """Derive an identifier from the run: the same, however often it is asked for."""
        return uuid5(self._id, name)

    def done(self, name: str) -> bool:
        """Tell whether a step of this name is recorded as done."""
        return name in self._steps and self._steps[name].done

    async def step(self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry = ONCE) -> J:
        """Perform an activity, unless it is recorded: see the protocol."""
        if name not in self._steps:
            await self._record(await self._attempt(name, activity, retry))
        return cast(J, self._steps[name].outcome())

    async def change(self, name: str, change: Change[E]) -> None:
        """Make a change in one transaction with its record, unless it is recorded."""
        if name not in self._steps:
            await self._record(RecordedStep(name), change)

    async def wait(self, name: str, signal: str) -> Json:
        """Take a signal, unless that is recorded; leave off until one comes, if there is none."""
        if name not in self._steps:
            self._steps[name] = await self._take_signal(name, signal)
        return self._steps[name].outcome()

    async def confirm(self) -> None:
        """See that this process is still the one to perform the run: see the protocol."""
        await self._patiently("confirm", self._fence.confirm)

    async def carry_out(self, workflow: Workflow[E]) -> None:
        """Go on where the record ends, and bring the run to its end.

        Raises:
            Suspended: It has to wait.
            Overtaken: Another process has taken the lease; nothing more is recorded here.
        """
        self._steps = await self._patiently("load", partial(self._read, journal.steps_of))
        failure = self._recorded.failure
        if failure is None:
            try:
                return await self._end(await workflow.perform(self))
            except Exception as error:
                failure = await self._begin_undo(error)
        try:
            await self._end(await workflow.undo(self, failure))
        except Exception as error:
            _log.exception("workflow.undo_failed", **self._names)
            await self._put_off("undo", error, UNDO)

    def cut_short(self) -> None:
        """End the activity at hand: the run is canceled."""
        if self._activity is not None and not self._undoing:
            self._cut_short = True
            self._activity.cancel()

    async def _attempt(
        self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry
    ) -> RecordedStep:
        await self.confirm()
        self._activity = asyncio.ensure_future(activity())
        try:
            return RecordedStep(name, result=await self._activity)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._cut_short or (task is not None and task.cancelling()):
                raise
            raise Canceled from None
        except Exception as error:
            await self._put_off(name, error, retry)
            return RecordedStep(name, reason=str(error) or type(error).__name__)
        finally:
            self._activity = None

    async def _put_off(self, name: str, error: Exception, retry: Retry) -> None:
        """Record when to try again and leave off until then, if it is worth another try."""
        failed_attempts = self._failed_attempts + 1
        seconds = retry.wait_after(failed_attempts, error)
        self._report(name, error, seconds)
        if seconds is None:
            return
        due_at = datetime.now(UTC) + timedelta(seconds=seconds)

        async def write(session: AsyncSession) -> None:
            await journal.count_attempts(
                session, self._id, failed_attempts=failed_attempts, due_at=due_at
            )

        await self._persist(name, write)
        self._counters.retries += 1
        raise Suspended(seconds)

    async def _take_signal(self, name: str, signal: str) -> RecordedStep:
        taken: RecordedStep | None = None

        async def write(session: AsyncSession) -> None:
            nonlocal taken
            found = await journal.take_signal(session, self._id, signal)
            taken = None if found is None else RecordedStep(name, result=found[0])
            if taken is None:
                await journal.wait_for(session, self._id, signal)
            else:
                await journal.add_step(session, self._id, taken)

        await self._persist(name, write, recorded=partial(journal.has_step, name=name))
        if taken is None:
            raise Suspended
        return taken

    async def _record(self, step: RecordedStep, change: Change[E] | None = None) -> None:
        async def write(session: AsyncSession) -> None:
            await journal.add_step(session, self._id, step)
            if self._failed_attempts:
                await journal.count_attempts(session, self._id, failed_attempts=0, due_at=None)

        recorded = partial(journal.has_step, name=step.name)
        await self._persist(step.name, write, change, recorded)
        self._failed_attempts = 0
        self._steps[step.name] = step

    async def _begin_undo(self, error: Exception) -> Failure:
        failure = error if isinstance(error, StepFailed | Canceled) else Fault()
        if isinstance(failure, Fault):
            _log.error("workflow.undone", exc_info=error, **self._names)
        else:
            _log.warning("workflow.undone", reason=str(failure), **self._names)
        self._undoing = True
        self._failed_attempts = 0

        async def write(session: AsyncSession) -> None:
            await journal.begin_undo(session, self._id, failure)

        if not isinstance(failure, Canceled):  # that is recorded already
            await self._persist("undo", write)
        return failure

    async def _end(self, ending: Ending[E]) -> None:
        """Make the last change, in one transaction with the end of the run."""
        status: RunStatus = ending.status

        async def write(session: AsyncSession) -> None:
            nonlocal status
            if self._canceled and ending.status is RunStatus.FAILED:
                status = RunStatus.CANCELED
            await journal.end_run(session, self._id, status)

        await self._persist("end", write, ending.change, journal.is_ended)
        self._counters.undone += self._undoing
        match status:
            case RunStatus.COMPLETED:
                self._counters.completed += 1
            case RunStatus.CANCELED:
                self._counters.canceled += 1
            case _:
                self._counters.failed += 1

    async def _persist(
        self,
        name: str,
        write: Callable[[AsyncSession], Awaitable[None]],
        change: Change[E] | None = None,
        recorded: Callable[[AsyncSession, UUID], Awaitable[bool]] | None = None,
    ) -> None:
        """Commit a change together with what is recorded of it.

        Args:
            name: What to call it in the log.
            write: Records it; may be repeated, unless ``recorded`` tells that it is done.
            change: Changes what the run is about.
            recorded: Tells whether it is recorded.
        """
        tried = False

        async def once() -> None:
            nonlocal tried
            # The connection may have gone after the commit: then this is done.
            if tried and recorded is not None and await self._read(recorded):
                return
            tried = True
            async with self._transactions.begin(self._caller) as transaction:
                if change is not None:
                    await change(transaction)
                    await transaction.session.flush()
                canceled = await journal.lock_run(transaction.session, self._id)
                if canceled is None:
                    raise Suspended
                if canceled and not self._undoing:
                    raise Canceled
                self._canceled = canceled
                await self._fence.check(transaction.session)
                await write(transaction.session)

        await self._patiently(name, once)

    async def _patiently(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        waits = chain(DATABASE_AWAY_SECONDS, repeat(DATABASE_AWAY_SECONDS[-1]))
        while True:
            try:
                return await work()
            except Exception as error:
                if not passing(error):
                    raise
                seconds = next(waits)
                self._report(name, error, seconds)
            await asyncio.sleep(seconds)

    async def _read(self, query: Callable[[AsyncSession, UUID], Awaitable[T]]) -> T:
        async with self._database.read() as session:
            return await query(session, self._id)

    def _report(self, step: str, error: Exception, seconds: float | None) -> None:
        _log.warning(
            "workflow.step_failed",
            step=step,
            reason=str(error),
            again_in_seconds=seconds,
            **self._names,
        )
