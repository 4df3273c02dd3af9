"""What the counter row costs: transactions a second with their event, next to the same without.

A transaction updates one row that no other writer touches, as a status change does.  With its event
it also takes the next position of the log and writes the event, as its last statements.  Writers
are tasks of one process, or of as many as ``--processes`` says, on one database.

The servers are our own, with the settings of a production server for what is written at a commit
(``fsync`` on); SQLite runs as the service opens it.  Both kinds alternate within each round.

Run: ``python -m bench.counter_row --writers 1 8 32 --rounds 5``.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, update

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from runtime.events import log as event_log
from runtime.events.event import Event
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.publisher import Publisher
from runtime.events.transaction import Transactions
from tests.servers.database_server import DatabaseServer
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer

ENGINES: Final = ("sqlite", "postgresql", "mariadb")
SERVERS: Final[dict[str, type[DatabaseServer]]] = {
    "postgresql": PostgreSQLServer,
    "mariadb": MariaDBServer,
}
SECONDS: Final = 2.0
KINDS: Final = ("without", "with")

SCHEMA: Final = MetaData()
ROW: Final = Table(
    "row_of_a_writer",
    SCHEMA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("status", String(20), nullable=False),
    Column("turn", Integer, nullable=False),
)


class ChangedEvent(Event):
    tag: ClassVar[str] = "changed_event"
    subject_field: ClassVar[str | None] = "number"
    number: int
    # About as long as a package's.
    text: str = "x" * 300


PUBLISHER: Final[Publisher[ChangedEvent]] = Publisher(
    stream="bench",
    events={ChangedEvent.tag: ChangedEvent},
    emits={"change": frozenset({ChangedEvent})},
    fault=ChangedEvent(number=0),
)


@contextmanager
def database(engine: str) -> Iterator[str]:
    """Give a new database of an engine."""
    with ExitStack() as stack:
        if engine == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        else:
            server = stack.enter_context(SERVERS[engine](durable=True))
            yield asyncio.run(server.address.create_database())


async def prepare(url: str, rows: int) -> None:
    await create_tables(url, [event_log.metadata, SCHEMA])
    opened = await Database.open(url)
    await EventLog(opened, PUBLISHER.stream).begin()
    writing = await opened.begin_write()
    values = [{"number": number, "status": "stored", "turn": 0} for number in range(rows)]
    await writing.session.execute(insert(ROW), values)
    await writing.commit()
    await writing.end()
    await opened.close()


async def work(url: str, rows: range, publishing: bool, barrier: Barrier | None) -> float:
    """Change one row a writer, again and again; return transactions a second."""
    opened = await Database.open(url)
    events = MemoryEvents(EventLog(opened, PUBLISHER.stream))
    transactions: Transactions[ChangedEvent] = Transactions(opened, PUBLISHER, events)
    caller = Caller.background("change")
    done = 0

    async def write(number: int, end: float) -> None:
        nonlocal done
        turn = 0
        while time.perf_counter() < end:
            turn += 1
            async with transactions.begin(caller) as transaction:
                connection = await transaction.session.connection()
                await connection.execute(
                    update(ROW).where(ROW.c.number == number).values(turn=turn, status="pending")
                )
                if publishing:
                    transaction.publish(ChangedEvent(number=number))
            done += 1

    async def run(seconds: float) -> float:
        nonlocal done
        done, begun = 0, time.perf_counter()
        await asyncio.gather(*(write(number, begun + seconds) for number in rows))
        return done / (time.perf_counter() - begun)

    await run(SECONDS / 10)
    if barrier is not None:
        await asyncio.to_thread(barrier.wait)
    rate = await run(SECONDS)
    await events.close()
    await opened.close()
    return rate


def rate(url: str, writers: int, publishing: bool, processes: int) -> float:
    if processes == 1:
        return asyncio.run(work(url, range(writers), publishing, None))
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier = manager.Barrier(processes)
        parts = [range(part, writers, processes) for part in range(processes)]
        with context.Pool(processes) as pool:
            arguments = [(url, part, publishing, barrier) for part in parts]
            return sum(pool.starmap(in_process, arguments))


def in_process(url: str, rows: range, publishing: bool, barrier: Barrier) -> float:
    return asyncio.run(work(url, rows, publishing, barrier))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    arguments.add_argument("--writers", nargs="+", type=int, default=[1, 8, 32])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--processes", type=int, default=1)
    options = arguments.parse_args()
    print(
        f"transactions a second, {options.processes} process(es),"
        f" medians of {options.rounds} interleaved rounds"
    )
    for engine in options.engines:
        with database(engine) as url:
            asyncio.run(prepare(url, max(options.writers)))
            for writers in options.writers:
                report(engine, url, writers, options.rounds, options.processes)


def report(engine: str, url: str, writers: int, rounds: int, processes: int) -> None:
    processes = min(processes, writers)
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            found[kind].append(rate(url, writers, kind == "with", processes))
    without, with_event = (statistics.median(found[kind]) for kind in KINDS)
    ratio = statistics.median(
        one / other for one, other in zip(found["with"], found["without"], strict=True)
    )
    print(
        f"{engine:12} {writers:3} writers   with its event {with_event:8.0f}"
        f"   without {without:8.0f}   ratio {ratio:6.2f}"
    )


if __name__ == "__main__":
    main()
