"""One run of a workflow on the embedded engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import chain
from typing import Final, Generic, TypeVar, cast
from uuid import UUID, uuid5

import structlog

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.failures import passing
from runtime.database.transaction import Transaction, Transactions
from runtime.durable import journal
from runtime.durable.engine import ONCE, Ending, Json, Retry, StepFailed
from runtime.durable.journal import RecordedRun, RecordedStep
from runtime.events.event import Event

E = TypeVar("E", bound=Event)
J = TypeVar("J", bound=Json)

DATABASE_AWAY: Final = Retry(attempts=7, seconds=0.1, longest=5.0)
"""How the waits grow while the database cannot be written; the last one is repeated for ever."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


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
    ) -> None:
        self._recorded = recorded
        self._database = database
        self._transactions = transactions
        self._caller = caller
        self._steps: dict[str, RecordedStep] = {}

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
        return uuid5(self._recorded.id, name)

    def done(self, name: str) -> bool:
        """Tell whether a step of this name is recorded as done."""
        return name in self._steps and self._steps[name].done

    def failure(self) -> StepFailed | None:
        """Return the first step recorded as failed, if there is one."""
        for step in self._steps.values():
            if step.reason is not None:
                return StepFailed(step.name, step.reason)
        return None

    async def step(self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry = ONCE) -> J:
        """Perform an activity, unless it is recorded: see the protocol."""
        if name not in self._steps:
            step = await self._attempt(name, activity, retry)

            async def record(transaction: Transaction[E]) -> None:
                await journal.add_step(transaction.session, self._recorded.id, step)

            await self._persist(name, record)
            self._steps[name] = step
        return cast(J, self._steps[name].outcome())

    async def change(self, name: str, change: Callable[[Transaction[E]], Awaitable[None]]) -> None:
        """Make a change in one transaction with its record, unless it is recorded."""
        if name not in self._steps:
            step = RecordedStep(name)

            async def change_and_record(transaction: Transaction[E]) -> None:
                await change(transaction)
                await journal.add_step(transaction.session, self._recorded.id, step)

            await self._persist(name, change_and_record)
            self._steps[name] = step

    async def end(self, ending: Ending[E]) -> None:
        """Make the last change, in one transaction with the end of the run."""

        async def change_and_end(transaction: Transaction[E]) -> None:
            if await journal.end_run(transaction.session, self._recorded.id, ending.status):
                await ending.change(transaction)

        await self._persist(None, change_and_end)

    async def load(self) -> None:
        """Read which steps are recorded."""
        async with self._database.read() as session:
            self._steps = await journal.steps_of(session, self._recorded.id)

    async def _attempt(
        self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry
    ) -> RecordedStep:
        waits = retry.waits()
        while True:
            try:
                return RecordedStep(name, result=await activity())
            except Exception as error:
                wait = None if isinstance(error, retry.unless) else next(waits, None)
                self._report(name, error, wait)
                if wait is None:
                    return RecordedStep(name, reason=str(error) or type(error).__name__)
            await asyncio.sleep(wait)

    async def _persist(
        self, name: str | None, write: Callable[[Transaction[E]], Awaitable[None]]
    ) -> None:
        waits = chain(DATABASE_AWAY.waits(), iter(lambda: DATABASE_AWAY.longest, None))
        for wait in waits:
            try:
                async with self._transactions.begin(self._caller) as transaction:
                    await write(transaction)
                return
            except Exception as error:
                if not passing(error):
                    raise
                self._report(name or "end", error, wait)
            await asyncio.sleep(wait)
            # The connection may have gone after the commit: then this is done.
            if name is not None and await self._is_recorded(name):
                return

    async def _is_recorded(self, name: str) -> bool:
        try:
            async with self._database.read() as session:
                return name in await journal.steps_of(session, self._recorded.id)
        except Exception as error:
            if not passing(error):
                raise
            return False

    def _report(self, step: str, error: Exception, wait: float | None) -> None:
        _log.warning(
            "workflow.step_failed",
            workflow=self._recorded.workflow,
            identifier=self.identifier,
            step=step,
            reason=str(error),
            again_in_seconds=wait,
        )
