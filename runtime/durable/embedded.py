"""The embedded engine: workflows run in the service's own process, on its own database.

The table of runs is the queue.  A started run is a row of the caller's transaction; the commit
wakes the engine, which takes the oldest runs it has room for.  Those that another process started
it finds by looking, every second.

It stays that small.  At most one engine may be open on a database, and its owner has to see to
that; any other may start runs and ask for their status.  How a run goes on after a crash is not
built yet: an unfinished run that :meth:`open` finds is undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.transaction import Transaction, Transactions
from runtime.durable import journal
from runtime.durable.engine import AlreadyRunning, Interrupted, Json, RunStatus, Workflow
from runtime.durable.journal import RecordedRun
from runtime.durable.run import EmbeddedRun
from runtime.events.event import Event

E = TypeVar("E", bound=Event)

CONCURRENT_RUNS: Final = 4
"""How many runs are performed at a time; further ones wait in the table."""

LOOK_SECONDS: Final = 1.0
"""How often the engine looks for runs that nobody woke it for: other processes start runs too."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class EmbeddedEngine(Generic[E]):
    """Runs workflows in this process: see :class:`runtime.durable.engine.WorkflowEngine`."""

    def __init__(
        self,
        database: Database,
        transactions: Transactions[E],
        workflows: Iterable[Workflow[E]],
        *,
        concurrent_runs: int = CONCURRENT_RUNS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._transactions = transactions
        self._workflows = {workflow.name: workflow for workflow in workflows}
        self._room = concurrent_runs
        self._look_seconds = look_seconds
        self._wake = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._performing: dict[UUID, asyncio.Task[None]] = {}
        self._left: set[UUID] = set()  # could not be brought to an end in this process's life

    async def start(
        self,
        transaction: Transaction[E],
        workflow: str,
        identifier: str,
        input: Mapping[str, Json],
    ) -> None:
        """Record a run as part of the caller's transaction: see the protocol."""
        if workflow not in self._workflows:
            raise LookupError(f"no workflow {workflow!r} is registered")
        if await journal.is_active(transaction.session, identifier):
            raise AlreadyRunning(identifier)
        try:
            await journal.add_run(transaction.session, workflow, identifier, input)
        except IntegrityError as error:
            # Another transaction was faster, between our look and our row.
            raise AlreadyRunning(identifier) from error
        event.listen(transaction.session.sync_session, "after_commit", self._committed, once=True)

    async def status(self, identifier: str) -> RunStatus:
        """Tell where the latest run of an identifier stands."""
        async with self._database.read() as session:
            return await journal.latest_status(session, identifier)

    async def open(self) -> None:
        """Undo what an earlier process left unfinished, then begin to perform runs."""
        await self.recover()
        self._looking = asyncio.create_task(self._look())

    async def recover(self) -> None:
        """Undo every unfinished run, and wait until that is done."""
        async with self._database.read() as session:
            runs = await journal.unfinished_runs(session)
        room = asyncio.Semaphore(self._room)

        async def undo(run: RecordedRun) -> None:
            async with room:
                await self._carry_out(run, interrupted=True)

        async with asyncio.TaskGroup() as group:
            for run in runs:
                group.create_task(undo(run))

    async def close(self, within_seconds: float = 0.0) -> None:
        """Begin no more runs, give those in flight some time, then interrupt them.

        An interrupted run stays unfinished, for the next :meth:`open` to find.
        """
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        performing = set(self._performing.values())
        if performing:
            _, late = await asyncio.wait(performing, timeout=within_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*performing, return_exceptions=True)

    def _committed(self, _session: Any) -> None:
        self._wake.set()

    async def _look(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._take()
            except Exception:
                _log.exception("workflow.look_failed")
            # Not wait_for: before Python 3.12 it swallows a cancellation that meets the wake-up.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds):
                    await self._wake.wait()

    async def _take(self) -> None:
        room = self._room - len(self._performing)
        if room <= 0:
            return
        async with self._database.read() as session:
            runs = await journal.unfinished_runs(
                session, without=self._left | self._performing.keys(), limit=room
            )
        for run in runs:
            task = asyncio.create_task(self._carry_out(run))
            self._performing[run.id] = task
            task.add_done_callback(partial(self._ended, run.id))

    def _ended(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        del self._performing[run_id]
        if not task.cancelled() and (error := task.exception()):
            self._left.add(run_id)
            _log.error("workflow.died", run=str(run_id), exc_info=error)
        self._wake.set()

    async def _carry_out(self, recorded: RecordedRun, *, interrupted: bool = False) -> None:
        """Bring a run to its end; one that cannot be is left for the next process to try."""
        try:
            workflow = self._workflows[recorded.workflow]
            caller = Caller.background(workflow.work)
            run = EmbeddedRun(recorded, self._database, self._transactions, caller)
            await run.load()
            if interrupted:
                failure: Exception = run.failure() or Interrupted()
            else:
                try:
                    return await run.end(await workflow.perform(run))
                except Exception as error:
                    failure = error
            self._report(recorded, failure)
            await run.end(await workflow.undo(run, failure))
        except Exception:
            self._left.add(recorded.id)
            _log.exception("workflow.left_unfinished", **_names(recorded))

    def _report(self, recorded: RecordedRun, failure: Exception) -> None:
        _log.warning("workflow.undone", reason=str(failure), **_names(recorded))


def _names(recorded: RecordedRun) -> dict[str, str]:
    return {"workflow": recorded.workflow, "identifier": recorded.identifier}
