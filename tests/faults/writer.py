"""A process that changes things: through the service's own functions, eight at a time.

It reads from its standard input how many more changes it may make, a number a line, and ends with
its input.  It keeps three files: of what it knows to be committed, of what it has taken back, and of
what was cancelled at some moment, which may be either.  So may what was in flight when it is killed.

Run: ``python -m tests.faults.writer FOLDER DATABASE_URL REDIS_URL SEED RUN``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select

from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, CreateAIP, UpdateLocation
from generated.storage.publisher import PUBLISHER
from runtime.auth.claims import Caller, Claims
from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from runtime.events.log import EventLog
from runtime.events.redis import RedisEvents
from runtime.events.transaction import Transaction, Transactions
from service.storage import aips, locations
from service.storage.rows import AIPRow, LocationRow
from tests.faults import ledger

TASKS: Final = 8
PACKAGES: Final = 200
A_RUN: Final = 1_000_000
"""How far apart the numbers of two runs' changes are."""
COMMITTED, TAKEN_BACK, CANCELLED = FILES = ("committed", "taken_back", "cancelled")
LINE: Final = 12
"""Bytes of a line of the files."""

OF_TWO_STEPS, TO_TAKE_BACK, TO_CANCEL = 0.05, 0.05, 0.03
"""How often a change has two steps, is rolled back, is cancelled at some moment."""
STATUSES: Final = tuple(AIPStatus)


class TakeBack(Exception):
    """The transaction is to be rolled back."""


class Changes:
    """What can be changed, and how: each change by its number, the same at every run."""

    def __init__(self, transactions: Transactions[StorageEvent], seed: int) -> None:
        self._transactions = transactions
        self._seed = seed
        self.packages: list[UUID] = []
        self.locations: list[UUID] = []

    async def find(self, database: Database) -> None:
        """Look up what there is to change."""
        async with database.read() as session:
            self.packages = list(await session.scalars(select(AIPRow.uuid).order_by(AIPRow.id)))
            query = select(LocationRow.uuid).order_by(LocationRow.id)
            self.locations = list(await session.scalars(query))

    async def add_package(self, change: int) -> None:
        """Make something to change."""
        random = self._random(change)
        uuid, key = (UUID(int=random.getrandbits(128), version=4) for _ in range(2))
        body = CreateAIP(
            uuid=uuid, name=f"letters {change}", object_key=key, status=AIPStatus.STORED
        )
        async with self._begin(change, "create_aip") as transaction:
            package = await aips.create_aip(transaction, body)
            await ledger.enter(transaction.session, change, 1, package)

    async def perform(self, change: int) -> str:
        """Change something; return the file that tells how that ended."""
        random = self._random(change)
        doing = asyncio.create_task(self._perform(change, random))
        to_cancel = random.random() < TO_CANCEL
        if to_cancel:
            await asyncio.sleep(random.uniform(0, 0.01))
            doing.cancel()
        try:
            await doing
        except TakeBack:
            return TAKEN_BACK
        except asyncio.CancelledError:
            if not to_cancel:
                raise
            return CANCELLED
        return COMMITTED

    async def _perform(self, change: int, random: Random) -> None:
        steps = 2 if random.random() < OF_TWO_STEPS else 1
        takes_back = random.random() < TO_TAKE_BACK
        if random.random() < 0.1:
            await self._rename(change, random.choice(self.locations), takes_back)
            return
        async with self._begin(change, "move_workflow") as transaction:
            uuid = random.choice(self.packages)
            for step in range(1, steps + 1):
                row = await self._move(transaction, uuid, random)
                await ledger.enter(transaction.session, change, step, row)
            if takes_back:
                raise TakeBack

    async def _rename(self, change: int, uuid: UUID, takes_back: bool) -> None:
        async with self._begin(change, "update_location") as transaction:
            body = UpdateLocation(name=f"shelf {change}")
            location = await locations.update_location(transaction, uuid, body)
            await ledger.enter(transaction.session, change, 1, location)
            if takes_back:
                raise TakeBack

    async def _move(
        self, transaction: Transaction[StorageEvent], uuid: UUID, random: Random
    ) -> AIPRow:
        row = await aips.find_aip_to_change(transaction.session, uuid)
        becomes = random.choice([each for each in STATUSES if each is not row.status])
        if random.random() < 0.7:
            await aips.update_aip_status(transaction, row, was=row.status, becomes=becomes)
        else:
            await aips.relocate_aip(
                transaction,
                row,
                was=row.status,
                becomes=becomes,
                location_uuid=random.choice([None, *self.locations]),
            )
        return row

    def _begin(
        self, change: int, operation: str
    ) -> AbstractAsyncContextManager[Transaction[StorageEvent]]:
        return self._transactions.begin(Caller(Claims(subject=str(change)), operation))

    def _random(self, change: int) -> Random:
        return Random(f"{self._seed} {change}")


@asynccontextmanager
async def opened(database_url: str, redis_url: str, seed: int) -> AsyncIterator[Changes]:
    """Be one of the processes of the service, as far as changes go."""
    database = await Database.open(database_url)
    events = await RedisEvents.open(EventLog(database, PUBLISHER.stream), redis_url)
    changes = Changes(Transactions(database, PUBLISHER, events, strict=True), seed)
    try:
        await changes.find(database)
        yield changes
    finally:
        await events.close()
        await database.close()


async def prepare(database_url: str, redis_url: str, seed: int) -> None:
    """Make the ledger, and packages to change."""
    await create_tables(database_url, [ledger.metadata])
    async with opened(database_url, redis_url, seed) as changes:
        for change in range(PACKAGES):
            await changes.add_package(change)


async def write(folder: Path, database_url: str, redis_url: str, seed: int, run: int) -> None:
    """Make as many changes as the input allows, with eight of them at any time."""
    numbers = itertools.count(run * A_RUN)
    allowed: asyncio.Queue[int | None] = asyncio.Queue()
    files = {
        name: os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for name in FILES
    }

    async def work(changes: Changes) -> None:
        while (change := await allowed.get()) is not None:
            os.write(files[await changes.perform(change)], line(change))

    async with opened(database_url, redis_url, seed) as changes, asyncio.TaskGroup() as tasks:
        for _ in range(TASKS):
            tasks.create_task(work(changes))
        async for more in await said_to_us():
            for _ in range(int(more)):
                allowed.put_nowait(next(numbers))
        for _ in range(TASKS):
            allowed.put_nowait(None)


def line(change: int) -> bytes:
    return f"{change:{LINE - 1}}\n".encode()


async def said_to_us() -> asyncio.StreamReader:
    """Read the standard input."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


if __name__ == "__main__":
    folder, database_url, redis_url, seed, run = sys.argv[1:]
    asyncio.run(write(Path(folder), database_url, redis_url, int(seed), int(run)))
