"""Work that dies at a chosen point, as a process does: nothing is cleaned up behind it.

There is a point before and after each activity of a workflow, and one where it has made sure that it
is in time; one in each transaction when all but its commit is done, and one right after the commit;
and, where a process of its own dies, one behind each chunk that a store has written.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, NoReturn, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import event

from generated.storage.events import StorageEvent
from runtime.auth.claims import Caller
from runtime.durable.engine import ONCE, Ending, Failure, Json, Retry, Run, Workflow
from runtime.events.transaction import Transaction, Transactions
from service.storage.blobs.file import FileStore

J = TypeVar("J", bound=Json)
Change = Callable[[Transaction[StorageEvent]], Awaitable[None]]

NEVER: Final = 0
"""The point at which nobody dies."""


class Killed(BaseException):
    """The process died here."""


def die() -> NoReturn:
    """Die as far as the run is concerned, within a process that lives."""
    raise Killed


class Death:
    """Comes at the given point; points are counted from 1."""

    def __init__(self, at: int = NEVER, die: Callable[[], NoReturn] = die) -> None:
        self.points = 0
        self._at = at
        self._die = die

    def point(self) -> None:
        self.points += 1
        if self.points == self._at:
            self._die()

    def in_workflow(self, workflow: Workflow[StorageEvent]) -> Workflow[StorageEvent]:
        async def perform(run: Run[StorageEvent]) -> Ending[StorageEvent]:
            return await workflow.perform(DyingRun(run, self))

        async def undo(run: Run[StorageEvent], failure: Failure) -> Ending[StorageEvent]:
            return await workflow.undo(DyingRun(run, self), failure)

        return replace(workflow, perform=perform, undo=undo)

    def in_transactions(self, real: Transactions[StorageEvent]) -> Transactions[StorageEvent]:
        return DyingTransactions(real, self)

    def in_stores(self, patch: pytest.MonkeyPatch) -> None:
        write = FileStore.write

        async def dying(
            store: FileStore, key: str, chunks: AsyncIterable[bytes], size: int | None = None
        ) -> None:
            await write(store, key, self._behind_each(chunks), size)

        patch.setattr(FileStore, "write", dying)

    async def _behind_each(self, chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            yield chunk
            self.point()


class DyingTransactions(Transactions[StorageEvent]):
    """Transactions with a point on both sides of each commit."""

    def __init__(self, real: Transactions[StorageEvent], death: Death) -> None:
        self._real = real
        self._death = death

    @asynccontextmanager
    async def begin(self, caller: Caller) -> AsyncIterator[Transaction[StorageEvent]]:
        async with self._real.begin(caller) as transaction:
            for moment in ("before_commit", "after_commit"):
                event.listen(transaction.session.sync_session, moment, self._passes, once=True)
            yield transaction

    def _passes(self, _session: object) -> None:
        self._death.point()


class DyingRun:
    """A run with a point before and after each activity, and where one has made sure."""

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
            try:
                return await activity()
            finally:
                self._death.point()

        return await self._run.step(name, dying, retry)

    async def change(self, name: str, change: Change) -> None:
        await self._run.change(name, change)

    async def wait(self, name: str, signal: str) -> Json:
        return await self._run.wait(name, signal)

    async def confirm(self) -> None:
        await self._run.confirm()
        self._death.point()
