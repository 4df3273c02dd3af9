"""Workflows that die at a chosen point, as a process does: nothing is cleaned up behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import NoReturn, TypeVar
from uuid import UUID

from generated.storage.events import StorageEvent
from runtime.database.transaction import Transaction
from runtime.durable.engine import ONCE, Ending, Failure, Json, Retry, Run, Workflow

J = TypeVar("J", bound=Json)
Change = Callable[[Transaction[StorageEvent]], Awaitable[None]]


class Killed(BaseException):
    """The process died here."""


def die() -> NoReturn:
    """Die as far as the run is concerned, within a process that lives."""
    raise Killed


class Death:
    """Comes at the given point; points are counted from 1."""

    def __init__(self, at: int, die: Callable[[], NoReturn] = die) -> None:
        self.points = 0
        self._at = at
        self._die = die

    def point(self) -> None:
        self.points += 1
        if self.points == self._at:
            self._die()

    def in_perform(self, workflow: Workflow[StorageEvent]) -> Workflow[StorageEvent]:
        async def perform(run: Run[StorageEvent]) -> Ending[StorageEvent]:
            return self._ending(await workflow.perform(DyingRun(run, self)))

        return replace(workflow, perform=perform)

    def in_undo(self, workflow: Workflow[StorageEvent]) -> Workflow[StorageEvent]:
        async def undo(run: Run[StorageEvent], failure: Failure) -> Ending[StorageEvent]:
            return self._ending(await workflow.undo(DyingRun(run, self), failure))

        return replace(workflow, undo=undo)

    def change(self, change: Change) -> Change:
        async def dying(transaction: Transaction[StorageEvent]) -> None:
            self.point()
            await change(transaction)
            self.point()

        return dying

    def _ending(self, ending: Ending[StorageEvent]) -> Ending[StorageEvent]:
        return Ending(ending.status, self.change(ending.change))


class DyingRun:
    """A run with a point before each step, within it, and after it was recorded."""

    def __init__(self, run: Run[StorageEvent], death: Death) -> None:
        self._run = run
        self._death = death

    @property
    def identifier(self) -> str:
        return self._run.identifier

    @property
    def input(self) -> Mapping[str, Json]:
        return self._run.input

    def uuid_for(self, name: str) -> UUID:
        return self._run.uuid_for(name)

    def done(self, name: str) -> bool:
        return self._run.done(name)

    async def step(self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry = ONCE) -> J:
        async def dying() -> J:
            self._death.point()
            result = await activity()
            self._death.point()
            return result

        result = await self._run.step(name, dying, retry)
        self._death.point()
        return result

    async def change(self, name: str, change: Change) -> None:
        await self._run.change(name, self._death.change(change))
        self._death.point()

    async def wait(self, name: str, signal: str) -> Json:
        self._death.point()
        value = await self._run.wait(name, signal)
        self._death.point()
        return value

    async def confirm(self) -> None:
        self._death.point()
        await self._run.confirm()
        self._death.point()
