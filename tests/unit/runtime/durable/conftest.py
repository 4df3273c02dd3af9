from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from pydantic import StrictStr
from sqlalchemy import Table
from structlog.testing import capture_logs

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from runtime.durable import tables
from runtime.durable.embedded import CONCURRENT_RUNS, EmbeddedEngine
from runtime.durable.engine import Ending, Failure, Run, RunStatus, Workflow
from runtime.durable.lease import LEASE_SECONDS
from runtime.events import log
from runtime.events.event import Event
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.publisher import Publisher
from runtime.events.transaction import Transaction, Transactions


class Noted(Event):
    tag: ClassVar[str] = "noted_event"

    text: StrictStr


async def nothing(transaction: Transaction[Noted]) -> None:
    pass


def completed(change: Callable[[Transaction[Noted]], Awaitable[None]] = nothing) -> Ending[Noted]:
    return Ending(RunStatus.COMPLETED, change)


def failed(change: Callable[[Transaction[Noted]], Awaitable[None]] = nothing) -> Ending[Noted]:
    return Ending(RunStatus.FAILED, change)


def note(text: str) -> Callable[[Transaction[Noted]], Awaitable[None]]:
    async def publish(transaction: Transaction[Noted]) -> None:
        transaction.publish(Noted(text=text))

    return publish


async def give_up(run: Run[Noted], failure: Failure) -> Ending[Noted]:
    return failed(note(f"gave up: {failure}"))


def workflow(
    perform: Callable[[Run[Noted]], Awaitable[Ending[Noted]]],
    undo: Callable[[Run[Noted], Failure], Awaitable[Ending[Noted]]] = give_up,
    name: str = "bake",
) -> Workflow[Noted]:
    return Workflow(name=name, work="baker", perform=perform, undo=undo)


@dataclass
class Bench:
    """A database, its transactions, and engines that come and go on it."""

    database: Database
    events: MemoryEvents
    transactions: Transactions[Noted]
    engines: list[EmbeddedEngine[Noted]] = field(default_factory=list)

    def engine(
        self,
        *workflows: Workflow[Noted],
        concurrent_runs: int = CONCURRENT_RUNS,
        lease_seconds: float = LEASE_SECONDS,
    ) -> EmbeddedEngine[Noted]:
        engine = EmbeddedEngine(
            self.database,
            self.transactions,
            workflows,
            concurrent_runs=concurrent_runs,
            lease_seconds=lease_seconds,
        )
        self.engines.append(engine)
        return engine

    @asynccontextmanager
    async def running(self, *workflows: Workflow[Noted]) -> AsyncIterator[EmbeddedEngine[Noted]]:
        engine = self.engine(*workflows)
        await engine.open()
        yield engine

    async def start(
        self, engine: EmbeddedEngine[Noted], identifier: str = "loaf", workflow: str = "bake"
    ) -> None:
        async with self.transactions.begin(Caller.background("customer")) as transaction:
            await engine.start(transaction, workflow, identifier, {"flour": 500})

    async def notes(self) -> list[str]:
        stored = await EventLog(self.database, "bakery").read(0, 1000)
        return [Noted.model_validate_json(event.payload).text for event in stored]


async def ended(engine: EmbeddedEngine[Noted], identifier: str = "loaf") -> RunStatus:
    """Wait until the latest run of an identifier has ended."""
    async with asyncio.timeout(10):
        while True:
            if (status := await engine.status(identifier)) is not RunStatus.RUNNING:
                return status
            await asyncio.sleep(0.005)


async def recorded(bench: Bench, steps: int = 1) -> None:
    """Wait until so many steps are recorded."""
    async with asyncio.timeout(20):
        while True:
            if await count(bench, tables.workflow_step) >= steps:
                return
            await asyncio.sleep(0.005)


async def left(engine: EmbeddedEngine[Noted]) -> None:
    """Wait until an engine has left a run unfinished for the next one."""
    async with asyncio.timeout(10):
        while True:
            if engine._left:
                return
            await asyncio.sleep(0.005)


@pytest.fixture
async def bench(empty_database_url: str) -> AsyncIterator[Bench]:
    url = empty_database_url
    await create_tables(url, [log.metadata, tables.metadata])
    database = await Database.open(url)
    publisher: Publisher[Noted] = Publisher(
        stream="bakery",
        events={Noted.tag: Noted},
        emits={"baker": frozenset({Noted})},
        fault=Noted(text="fault"),
    )
    events = MemoryEvents(EventLog(database, "bakery"))
    bench = Bench(database, events, Transactions(database, publisher, events, strict=True))
    with capture_logs():
        yield bench
        for engine in bench.engines:
            await engine.close()
    await events.close()
    await database.close()


async def count(bench: Bench, table: Table) -> int:
    async with bench.database.read() as session:
        return len((await session.execute(table.select())).all())


async def put_off(bench: Bench, engine: EmbeddedEngine[Noted], failed_attempts: int) -> Any:
    """Wait until the one run waits for another attempt after so many, and return its row."""
    async with asyncio.timeout(10):
        while True:
            async with bench.database.read() as session:
                row = (await session.execute(tables.workflow_run.select())).one()
            if row.failed_attempts == failed_attempts and not engine._performing:
                return row
            await asyncio.sleep(0.005)
