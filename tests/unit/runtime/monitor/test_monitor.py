from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from structlog.testing import capture_logs

from runtime.database.engine import Database
from runtime.database.transaction import Transactions
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.monitor import monitor as monitor_module
from runtime.monitor.ending import Ending
from runtime.monitor.monitor import Monitor
from runtime.monitor.watcher import Watcher
from tests.unit.runtime.pond import PUBLISHER, STREAM, PondEvent, angler, calling, seen
from tests.unit.runtime.waiting import until


@pytest.fixture
def events(log: EventLog) -> MemoryEvents:
    return MemoryEvents(log)


@pytest.fixture
def transactions(database: Database, events: MemoryEvents) -> Transactions[PondEvent]:
    return Transactions(database, PUBLISHER, events, strict=True)


@pytest.fixture
async def monitor(events: MemoryEvents) -> AsyncIterator[Monitor]:
    monitor = await Monitor.open(STREAM, events)
    yield monitor
    await monitor.close()


async def see(transactions: Transactions[PondEvent], *names: str) -> None:
    async with transactions.begin(calling("see_fish")) as transaction:
        for name in names:
            transaction.publish(seen(name))


async def take(watcher: Watcher, count: int) -> list[str]:
    """Take frames as they become due, until so many have come."""
    due = asyncio.Event()
    ids: list[str] = []
    async with asyncio.timeout(5):
        while len(ids) < count:
            if frames := watcher.take():
                ids += [str(frame.id) for frame in frames]
            elif watcher.on_due(due.set):
                await due.wait()
                due.clear()
    return ids


async def test_a_watcher_gets_what_is_committed_after_it_joined(
    monitor: Monitor, transactions: Transactions[PondEvent]
) -> None:
    await see(transactions, "before")
    await until(lambda: monitor.hub.position == 1)
    watcher = monitor.join(angler("*"))
    await see(transactions, "perch", "pike")
    assert [id.partition("-")[2] for id in await take(watcher, 3)] == ["1", "2", "3"]


async def test_a_monitor_begins_at_the_newest_event(
    events: MemoryEvents, transactions: Transactions[PondEvent]
) -> None:
    await see(transactions, "before")
    monitor = await Monitor.open(STREAM, events)
    assert monitor.hub.position == 1
    await monitor.close()


async def test_a_gap_larger_than_the_ring_does_not_overtake_a_reader_that_keeps_up(
    events: MemoryEvents, transactions: Transactions[PondEvent], log: EventLog
) -> None:
    quiet = Transactions(transactions._database, PUBLISHER, MemoryEvents(log), strict=True)
    monitor = await Monitor.open(STREAM, events, ring_bytes=300_000)
    watcher = monitor.join(angler("*"))
    taking = asyncio.create_task(take(watcher, 201))
    await see(quiet, *("x" * 10_000 for _ in range(200)))
    assert len(await taking) == 201
    assert watcher.ended is None
    await monitor.close()


class Failing(MemoryEvents):
    """A feed that breaks once."""

    broken = False

    async def subscribe(self, after: int) -> AsyncGenerator[StoredEvent]:
        if not self.broken:
            self.broken = True
            raise LookupError("the feed broke")
        async for event in super().subscribe(after):
            yield event


async def test_when_the_feed_fails_watchers_are_told_to_come_back_and_are_served_again(
    log: EventLog,
    transactions: Transactions[PondEvent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(monitor_module, "RESTART_SECONDS", 0.05)
    with capture_logs() as logs:
        monitor = await Monitor.open(STREAM, Failing(log))
        early = monitor.join(angler("*"))
        await take(early, 1)
        await until(lambda: monitor.counters.restarts == 1 and not monitor.hub.closed)
    assert early.take() == []
    assert early.ended is Ending.SHUTDOWN
    late = monitor.join(angler("*"))
    await see(transactions, "perch")
    assert len(await take(late, 2)) == 2
    assert [entry["event"] for entry in logs] == ["monitor.feed_failed"]
    await monitor.close()
