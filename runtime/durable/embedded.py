"""The embedded engine: workflows run in the service's own process, on its own database.

The table of runs is the queue.  A started run is a row of the caller's transaction; the commit
wakes the engine, which takes the oldest runs it has room for.  Those that another process started
it finds by looking, every second.

It stays that small.  Of the engines that are open on a database one performs runs, the one that
holds the lease (``lease.py``); any engine, open or not, may start, signal and cancel runs, and ask
for their status.

While the database is away nothing is recorded, so what is in flight goes on and waits: nobody else
can take the lease meanwhile either.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterable, Mapping
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
from runtime.database.failures import passing
from runtime.durable import journal
from runtime.durable.counters import LeaseState, WorkflowCounters
from runtime.durable.engine import AlreadyRunning, Json, NotRunning, RunStatus, Workflow
from runtime.durable.journal import RecordedRun
from runtime.durable.lease import LEASE_SECONDS, Fence, Lease, Overtaken
from runtime.durable.run import EmbeddedRun, Suspended
from runtime.events.event import Event
from runtime.events.transaction import Transaction, Transactions

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
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.counters = WorkflowCounters()
        self._database = database
        self._transactions = transactions
        self._workflows = {workflow.name: workflow for workflow in workflows}
        self._room = concurrent_runs
        self._look_seconds = look_seconds
        self._lease = Lease(database, _this_process(), seconds=lease_seconds)
        self._renew_seconds = lease_seconds / 3
        self._try_seconds = lease_seconds / 6
        self._reachable = True
        self._wake = asyncio.Event()
        self._tending: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._performing: dict[UUID, _Performance[E]] = {}
        self._left: set[UUID] = set()  # broke in a way that this process cannot mend

    @property
    def performs(self) -> bool:
        """Whether it is this engine that performs runs, as far as it knows."""
        return self._lease.fence is not None

    @property
    def performer(self) -> str:
        """The process that performs runs, for people, as far as is known."""
        return self._lease.holder

    @property
    def lease_state(self) -> LeaseState:
        """The same as a number."""
        return LeaseState(int(self.performs))

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
        self._after_commit(transaction, self._started)

    async def signal(
        self, transaction: Transaction[E], identifier: str, signal: str, value: Json
    ) -> None:
        """Record a signal as part of the caller's transaction: see the protocol."""
        run_id = await self._find(transaction, identifier)
        await journal.add_signal(transaction.session, run_id, signal, value)
        self._after_commit(transaction, self._wake.set)

    async def cancel(self, transaction: Transaction[E], identifier: str) -> None:
        """Record as part of the caller's transaction that a run is undone: see the protocol."""
        await journal.cancel_run(transaction.session, await self._find(transaction, identifier))
        self._after_commit(transaction, self._wake.set)

    async def status(self, identifier: str) -> RunStatus:
        """Tell where the latest run of an identifier stands."""
        async with self._database.read() as session:
            return await journal.latest_status(session, identifier)

    async def open(self) -> None:
        """Perform runs as soon as no other engine does; what one left unfinished goes on."""
        await self._tend()
        self._tending = asyncio.create_task(self._keep_tending())
        self._looking = asyncio.create_task(self._keep_looking())

    async def close(self, within_seconds: float = 0.0) -> None:
        """Begin no more runs, give those in flight some time, then interrupt them.

        An interrupted run stays unfinished, and goes on in the engine that takes the lease next,
        which may be at once.
        """
        await _end(self._looking)
        tasks = {performance.task for performance in self._performing.values()}
        if tasks:
            await asyncio.wait(tasks, timeout=within_seconds)
        await self._interrupt()
        await _end(self._tending)
        try:
            await self._lease.release()
        except Exception as error:
            if not passing(error):
                raise
            _log.warning("workflows.lease_not_released", reason=str(error))

    async def _find(self, transaction: Transaction[E], identifier: str) -> UUID:
        run_id = await journal.find_active(transaction.session, identifier)
        if run_id is None:
            raise NotRunning(identifier)
        return run_id

    def _after_commit(self, transaction: Transaction[E], do: Callable[[], None]) -> None:
        def committed(_session: Any) -> None:
            do()

        event.listen(transaction.session.sync_session, "after_commit", committed, once=True)

    def _started(self) -> None:
        self.counters.started += 1
        self._wake.set()

    async def _keep_tending(self) -> None:
        while True:
            await asyncio.sleep(self._renew_seconds if self.performs else self._try_seconds)
            try:
                await self._tend()
            except Exception as error:
                # The database is away, and with it whoever could take the lease.
                if self._reachable:
                    _log.warning("workflows.lease_unknown", reason=str(error))
                self._reachable = False
            else:
                self._reachable = True

    async def _tend(self) -> None:
        """Keep the lease, or take it if there is nobody who does."""
        if self._lease.fence is not None:
            if await self._lease.renew():
                return
            self._lose(self._lease.fence)
        await self._interrupt()
        if await self._lease.acquire():
            self.counters.leases_taken += 1
            _log.info("workflows.performed_here")
            self._wake.set()

    async def _interrupt(self) -> None:
        tasks = {performance.task for performance in self._performing.values()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_looking(self) -> None:
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
        """Begin the runs that there is something to do for, as far as there is room."""
        fence = self._lease.fence
        if fence is None:
            return
        # Those that end from here on are recorded later than what is read now.
        performing = set(self._performing)
        room = self._room - len(performing)
        runs: list[RecordedRun] = []
        async with self._database.read() as session:
            if performing:
                for run_id in await journal.canceled_runs(session, performing):
                    self._cut_short(run_id)
            if room > 0:
                runs = await journal.runnable_runs(
                    session, without=self._left | performing, limit=room
                )
        for recorded in runs:
            self._begin(recorded, fence)

    def _cut_short(self, run_id: UUID) -> None:
        # It may have ended while we were looking.
        if (performance := self._performing.get(run_id)) is not None:
            performance.run.cut_short()

    def _begin(self, recorded: RecordedRun, fence: Fence) -> None:
        workflow = self._workflows.get(recorded.workflow)
        if workflow is None:
            self._left.add(recorded.id)
            _log.error("workflow.unknown", workflow=recorded.workflow, run=str(recorded.id))
            return
        run = EmbeddedRun(
            recorded,
            self._database,
            self._transactions,
            Caller.background(workflow.work),
            fence,
            self.counters,
        )
        task = asyncio.create_task(self._carry_out(run, workflow, fence))
        self._performing[recorded.id] = _Performance(run, task)
        task.add_done_callback(partial(self._ended, recorded.id))

    async def _carry_out(self, run: EmbeddedRun[E], workflow: Workflow[E], fence: Fence) -> None:
        try:
            await run.carry_out(workflow)
        except Suspended as suspended:
            if suspended.seconds is not None:
                asyncio.get_running_loop().call_later(suspended.seconds, self._wake.set)
        except Overtaken:
            self._lose(fence)

    def _lose(self, fence: Fence) -> None:
        if self._lease.fence is fence:
            self._lease.fence = None
            self.counters.leases_lost += 1
            _log.warning("workflows.overtaken")

    def _ended(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        del self._performing[run_id]
        if not task.cancelled() and (error := task.exception()):
            self._left.add(run_id)
            _log.error("workflow.died", run=str(run_id), exc_info=error)
        self._wake.set()


def _this_process() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
