"""What every event service promises; the doorbell between processes keeps it too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest

from runtime.database.engine import Database
from runtime.events import follower
from runtime.events.event import StoredEvent
from runtime.events.follower import EventsMissing
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.redis import RedisEvents
from runtime.events.service import EventService
from runtime.events.transaction import Transactions
from tests.servers.redis_server import RedisServer
from tests.unit.runtime.following import following, take
from tests.unit.runtime.pond import PUBLISHER, PondEvent, calling, seen, stored
from tests.unit.runtime.waiting import until

pytestmark = pytest.mark.engines

Open: TypeAlias = Callable[[], Awaitable[EventService]]


@pytest.fixture(params=["memory", "redis"])
async def open_service(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Open]:
    """Opens services as so many processes would: each with its own connection to the database."""
    redis: RedisServer | None = None
    if request.param == "redis":
        redis = request.getfixturevalue("redis_server")
    opened: list[tuple[EventService, Database]] = []

    async def open_one() -> EventService:
        database = await Database.open(database_url)
        log = EventLog(database, "pond")
        service: EventService = (
            MemoryEvents(log) if redis is None else await RedisEvents.open(log, redis.url)
        )
        opened.append((service, database))
        return service

    yield open_one
    for service, database in opened:
        await service.close()
        await database.close()


@pytest.fixture
async def service(open_service: Open) -> EventService:
    return await open_service()


@pytest.fixture
def transactions(database: Database, service: EventService) -> Transactions[PondEvent]:
    return Transactions(database, PUBLISHER, service, strict=True)


async def see(transactions: Transactions[PondEvent], *names: str) -> None:
    """Commit events, all in one transaction."""
    async with transactions.begin(calling("see_fish")) as transaction:
        for name in names:
            transaction.publish(seen(name))


def positions(events: list[StoredEvent]) -> list[int]:
    return [event.position for event in events]


async def test_a_new_log_begins_at_zero_and_keeps_its_epoch(
    service: EventService, open_service: Open
) -> None:
    head = await service.head()
    assert head.position == 0
    assert head.epoch > 1_700_000_000_000
    assert await (await open_service()).head() == head


async def test_the_head_is_the_newest_committed_position(
    service: EventService, transactions: Transactions[PondEvent]
) -> None:
    await see(transactions, "perch", "pike")
    assert (await service.head()).position == 2


async def test_a_subscriber_gets_what_was_committed_before_and_what_comes_after(
    service: EventService, transactions: Transactions[PondEvent]
) -> None:
    await see(transactions, "perch", "pike")
    taking = asyncio.create_task(take(service, 1, 3))
    await asyncio.sleep(0.05)
    await see(transactions, "carp")
    await see(transactions, "eel")
    assert [event.subject for event in await taking] == ["pike", "carp", "eel"]


async def test_what_is_delivered_is_what_is_in_the_log(
    service: EventService, transactions: Transactions[PondEvent], log: EventLog
) -> None:
    taking = asyncio.create_task(take(service, 0, 2))
    await asyncio.sleep(0.05)
    await see(transactions, "perch", "brême")
    assert await taking == await log.read(0, 10)


async def test_what_is_gathered_is_delivered_at_once_when_somebody_asks(
    service: EventService,
    transactions: Transactions[PondEvent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with following(service) as delivered:
        await see(transactions, "perch")
        await until(lambda: positions(delivered) == [1])
        monkeypatch.setattr(follower, "GATHER", 10)
        await see(transactions, "pike")
        await see(transactions, "carp")
        service.flush()
        await until(lambda: positions(delivered) == [1, 2, 3], seconds=0.5)


async def test_every_subscriber_gets_every_event(
    service: EventService, transactions: Transactions[PondEvent]
) -> None:
    takings = [asyncio.create_task(take(service, 0, 20)) for _ in range(5)]
    for number in range(20):
        await see(transactions, f"fish-{number}")
    for taken in await asyncio.gather(*takings):
        assert positions(taken) == list(range(1, 21))


async def test_a_ring_that_is_early_late_repeated_or_lost_changes_nothing(
    service: EventService, transactions: Transactions[PondEvent], log: EventLog
) -> None:
    quiet = Transactions(transactions._database, PUBLISHER, MemoryEvents(log), strict=True)
    taking = asyncio.create_task(take(service, 0, 6))
    await asyncio.sleep(0.05)
    for number in range(6):
        await see(quiet, f"fish-{number}")
    events = await log.read(0, 10)
    service.publish([events[4], events[1]])
    await asyncio.sleep(0.05)
    service.publish([events[4], events[0], events[3]])
    assert await taking == events
    assert service.counters.gap_reads >= 1


async def test_an_event_that_nobody_rang_for_is_found_within_the_silence(
    service: EventService, transactions: Transactions[PondEvent], log: EventLog
) -> None:
    quiet = Transactions(transactions._database, PUBLISHER, MemoryEvents(log), strict=True)
    taking = asyncio.create_task(take(service, 0, 1))
    await asyncio.sleep(0.2)
    await see(quiet, "perch")
    async with asyncio.timeout(1.5):
        assert positions(await taking) == [1]
    assert service.counters.found_by_poll == 1


async def test_a_gap_that_the_table_does_not_hold_yet_is_waited_for(
    service: EventService, transactions: Transactions[PondEvent]
) -> None:
    taking = asyncio.create_task(take(service, 0, 2))
    await asyncio.sleep(0.05)
    service.publish([stored(seen("phantom"), 2)])
    await asyncio.sleep(0.1)
    assert not taking.done()
    await see(transactions, "perch", "pike")
    assert positions(await taking) == [1, 2]


async def test_a_long_gap_is_read_in_order(
    service: EventService, transactions: Transactions[PondEvent]
) -> None:
    await see(transactions, *(f"fish-{number}" for number in range(1203)))
    assert positions(await take(service, 0, 1203)) == list(range(1, 1204))


async def test_a_log_that_no_longer_holds_what_comes_next_says_so(
    service: EventService, transactions: Transactions[PondEvent], database: Database
) -> None:
    await see(transactions, "perch", "pike", "carp")
    writing = await database.begin_write()
    connection = await writing.session.connection()
    await connection.exec_driver_sql("DELETE FROM event WHERE position = 1")
    await writing.commit()
    await writing.end()
    with pytest.raises(EventsMissing, match="expected event 1, the oldest is 2"):
        async with asyncio.timeout(10):
            await service.follow(0, lambda event: None)


async def test_a_database_that_cannot_be_read_for_a_while_loses_nothing(
    service: EventService,
    transactions: Transactions[PondEvent],
    log: EventLog,
    database: Database,
) -> None:
    await see(transactions, "perch")
    writing = await database.begin_write()
    connection = await writing.session.connection()
    await connection.exec_driver_sql("ALTER TABLE event RENAME TO hidden")
    await writing.commit()
    await writing.end()
    taking = asyncio.create_task(take(service, 0, 1))
    await until(lambda: service.counters.read_failures >= 1, seconds=10)
    writing = await database.begin_write()
    connection = await writing.session.connection()
    await connection.exec_driver_sql("ALTER TABLE hidden RENAME TO event")
    await writing.commit()
    await writing.end()
    assert positions(await taking) == [1]


async def test_another_process_hears_every_event_in_order(
    service: EventService, open_service: Open, transactions: Transactions[PondEvent]
) -> None:
    other = await open_service()
    taking = asyncio.create_task(take(other, 0, 10))
    for number in range(10):
        await see(transactions, f"fish-{number}")
    assert positions(await taking) == list(range(1, 11))


async def test_what_two_processes_publish_is_one_order_for_both(
    service: EventService, open_service: Open, transactions: Transactions[PondEvent]
) -> None:
    other = await open_service()
    database = await Database.open(transactions._database.url)
    others = Transactions(database, PUBLISHER, other, strict=True)
    takings = [asyncio.create_task(take(each, 0, 40)) for each in (service, other)]

    async def write(to: Transactions[PondEvent], name: str) -> None:
        for number in range(20):
            await see(to, f"{name}-{number}")

    await asyncio.gather(write(transactions, "a"), write(others, "b"))
    first, second = await asyncio.gather(*takings)
    assert positions(first) == list(range(1, 41))
    assert first == second
    await database.close()
