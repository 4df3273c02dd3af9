"""The embedded engine: workflows run in the service's own process, on its own database.

The table of runs is the queue.  A started run is a row of the caller's transaction; the commit
wakes the engine, which takes the oldest runs it has room for.  Those that another process started
it finds by looking, every second.

It stays that small.  At most one engine may be open on a database, and its owner has to see to
that; any other may start, signal and cancel runs, and ask for their status.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
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
from runtime.durable.engine import AlreadyRunning, Json, NotRunning, RunStatus, Workflow
from runtime.durable.journal import RecordedRun
from runtime.durable.run import EmbeddedRun, Suspended
from runtime.events.event import Event

E = TypeVar("E", bound=Event)

CONCURRENT_RUNS: Final = 4
"""How many runs are performed at a time; further ones wait in the table."""

LOOK_SECONDS: Final = 1.0
"""How often the engine looks for runs that nobody woke it for: other processes start runs too."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Performance(Generic[E]):
    """A run in flight, and the task that performs it."""

    run: EmbeddedRun[E]
    task: asyncio.Task[None]


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
        self._performing: dict[UUID, _Performance[E]] = {}
        self._left: set[UUID] = set()  # broke in a way that this process cannot mend

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
        self._wake_after(transaction)

    async def signal(
        self, transaction: Transaction[E], identifier: str, signal: str, value: Json
    ) -> None:
        """Record a signal as part of the caller's transaction: see the protocol."""
        run_id = await self._find(transaction, identifier)
        await journal.add_signal(transaction.session, run_id, signal, value)
        self._wake_after(transaction)

    async def cancel(self, transaction: Transaction[E], identifier: str) -> None:
        """Record as part of the caller's transaction that a run is undone: see the protocol."""
        await journal.cancel_run(transaction.session, await self._find(transaction, identifier))
        self._wake_after(transaction)

    async def status(self, identifier: str) -> RunStatus:
        """Tell where the latest run of an identifier stands."""
        async with self._database.read() as session:
            return await journal.latest_status(session, identifier)

    async def open(self) -> None:
        """Begin to perform runs; those that another process left unfinished go on."""
        self._looking = asyncio.create_task(self._look())

    async def close(self, within_seconds: float = 0.0) -> None:
        """Begin no more runs, give those in flight some time, then interrupt them.

        An interrupted run stays unfinished, and goes on when an engine opens.
        """
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        tasks = {performance.task for performance in self._performing.values()}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _find(self, transaction: Transaction[E], identifier: str) -> UUID:
        run_id = await journal.find_active(transaction.session, identifier)
        if run_id is None:
            raise NotRunning(identifier)
        return run_id

    def _wake_after(self, transaction: Transaction[E]) -> None:
        def wake(_session: Any) -> None:
            self._wake.set()

        event.listen(transaction.session.sync_session, "after_commit", wake, once=True)

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
        async with self._database.read() as session:
            if self._performing:
                for run_id in await journal.canceled_runs(session, self._performing):
                    self._cut_short(run_id)
            room = self._room - len(self._performing)
            if room <= 0:
                return
            runs = await journal.runnable_runs(
                session, without=self._left | self._performing.keys(), limit=room
            )
        for recorded in runs:
            self._begin(recorded)

    def _cut_short(self, run_id: UUID) -> None:
        # It may have ended while we were looking.
        if (performance := self._performing.get(run_id)) is not None:
            performance.run.cut_short()

    def _begin(self, recorded: RecordedRun) -> None:
        workflow = self._workflows.get(recorded.workflow)
        if workflow is None:
            self._left.add(recorded.id)
            _log.error("workflow.unknown", workflow=recorded.workflow, run=str(recorded.id))
            return
        caller = Caller.background(workflow.work)
        run = EmbeddedRun(recorded, self._database, self._transactions, caller)
        task = asyncio.create_task(self._carry_out(run, workflow))
        self._performing[recorded.id] = _Performance(run, task)
        task.add_done_callback(partial(self._ended, recorded.id))

    async def _carry_out(self, run: EmbeddedRun[E], workflow: Workflow[E]) -> None:
        try:
            await run.carry_out(workflow)
        except Suspended as suspended:
            if suspended.seconds is not None:
                asyncio.get_running_loop().call_later(suspended.seconds, self._wake.set)

    def _ended(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        del self._performing[run_id]
        if not task.cancelled() and (error := task.exception()):
            self._left.add(run_id)
            _log.error("workflow.died", run=str(run_id), exc_info=error)
        self._wake.set()
