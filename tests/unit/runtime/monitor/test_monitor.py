from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from runtime.database.engine import Database
from runtime.events import follower
from runtime.events.event import EventPosition
from runtime.events.log import EventLog, event, event_stream
from runtime.events.memory import MemoryEvents
from runtime.events.service import Deliver
from runtime.events.transaction import Transactions
from runtime.monitor import monitor as monitor_module
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Reset
from runtime.monitor.monitor import Monitor
from runtime.monitor.sight import Selection
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


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "LOG_SECONDS", 0.05)


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


async def test_a_watcher_is_not_told_what_was_committed_in_the_moment_before_it_joined(
    monitor: Monitor,
    events: MemoryEvents,
    transactions: Transactions[PondEvent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(follower, "GATHER", 10)
    await until(lambda: [each._waits for each in events._followers._all] == [True])
    await see(transactions, "delivered at once")
    assert monitor.hub.position == 1
    await see(transactions, "gathered")
    assert monitor.hub.position == 1
    watcher = monitor.join(angler("*"))
    assert [id.partition("-")[2] for id in await take(watcher, 1)] == ["2"]


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

    async def follow(self, after: int, deliver: Deliver) -> None:
        if not self.broken:
            self.broken = True
            raise LookupError("the feed broke")
        await super().follow(after, deliver)


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
    assert not early.take()
    assert early.ended is Ending.SHUTDOWN
    late = monitor.join(angler("*"))
    await see(transactions, "perch")
    assert len(await take(late, 2)) == 2
    assert [entry["event"] for entry in logs] == ["monitor.feed_failed"]
    await monitor.close()


async def test_in_a_new_epoch_watchers_are_told_to_come_back_and_then_to_load_again(
    quick_looks: None,
    monitor: Monitor,
    transactions: Transactions[PondEvent],
    log: EventLog,
) -> None:
    await see(transactions, "perch")
    await until(lambda: monitor.hub.position == 1)
    watcher = monitor.join(angler("*"))
    await take(watcher, 1)
    before = monitor.position()
    with capture_logs() as logs:
        now = await log.raise_epoch()
        await until(lambda: monitor.counters.other_logs == 1)
        await until(lambda: monitor.position() == now)
    assert not watcher.take()
    assert watcher.ended is Ending.SHUTDOWN
    assert [entry["event"] for entry in logs] == ["monitor.another_log"]

    again = monitor.join(angler("*"), Selection(after=str(before)))
    await see(transactions, "pike")
    assert await take(again, 3) == [str(before), str(now), f"{now.epoch}-2"]
    assert monitor.counters.resets[Reset.OTHER_EPOCH] == 1
    assert monitor.counters.restarts == 0


async def test_a_log_that_has_an_older_state_is_not_waited_for_in_silence(
    quick_looks: None,
    monitor: Monitor,
    transactions: Transactions[PondEvent],
    database: Database,
) -> None:
    await see(transactions, "perch", "pike", "carp")
    await until(lambda: monitor.hub.position == 3)
    watcher = monitor.join(angler("*"))
    await take(watcher, 1)
    before = monitor.position()
    writing = await database.begin_write()
    await writing.session.execute(update(event_stream).values(position=1))
    await writing.session.execute(delete(event).where(event.c.position > 1))
    await writing.commit()
    await writing.end()
    await until(lambda: monitor.hub.position == 1)
    assert not watcher.take()
    assert watcher.ended is Ending.SHUTDOWN
    again = monitor.join(angler("*"), Selection(after=str(before)))
    assert (await take(again, 2))[1] == str(monitor.position())
    assert monitor.counters.resets[Reset.FUTURE] == 1


class Away(Failing):
    """A feed that breaks while the database is away."""

    heads = 0

    async def head(self) -> EventPosition:
        self.heads += 1
        if 1 < self.heads < 5:
            raise OSError("the database is away")
        return await super().head()


async def test_a_feed_that_fails_while_the_database_is_away_begins_again_when_it_is_back(
    log: EventLog, transactions: Transactions[PondEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "RESTART_SECONDS", 0.01)
    events = Away(log)
    with capture_logs():
        monitor = await Monitor.open(STREAM, events)
        await until(lambda: monitor.counters.restarts == 1 and not monitor.hub.closed)
    watcher = monitor.join(angler("*"))
    await see(transactions, "perch")
    assert len(await take(watcher, 2)) == 2
    await monitor.close()
