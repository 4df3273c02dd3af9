from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Never

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.database.failures import away
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.log import event as EVENT
from runtime.events.memory import MemoryEvents
from runtime.events.publisher import ForeignEvent, UndeclaredEvent
from runtime.events.transaction import Transactions
from tests.unit.runtime.following import following
from tests.unit.runtime.pond import (
    FISH,
    PUBLISHER,
    Fish,
    FishSeenEvent,
    PingEvent,
    PondEvent,
    calling,
    caught,
    seen,
)
from tests.unit.runtime.waiting import until

pytestmark = pytest.mark.engines


@pytest.fixture
async def events(log: EventLog) -> AsyncIterator[MemoryEvents]:
    service = MemoryEvents(log)
    yield service
    await service.close()


@pytest.fixture
def transactions(database: Database, events: MemoryEvents) -> Transactions[PondEvent]:
    return Transactions(database, PUBLISHER, events, strict=True)


INSERT = text("INSERT INTO fish (name, weight) VALUES (:name, 1)")


async def fish(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT name FROM fish ORDER BY name"))).scalars())


async def test_a_change_and_its_events_commit_together(
    database: Database, log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    async with transactions.begin(calling("catch_fish")) as transaction:
        await transaction.session.execute(INSERT, {"name": "perch"})
        transaction.publish(seen("perch"))
        transaction.publish(caught("perch"))
    assert await fish(database) == ["perch"]
    first, second = await log.read(0, 10)
    assert (first.position, first.tag, first.subject) == (1, "fish_seen_event", "perch")
    assert first.payload == b'{"name":"perch","item":{"name":"perch","weight":1}}'
    assert (first.actor, first.operation) == ("https://id.test angler", "catch_fish")
    assert (second.position, second.tag) == (2, "fish_caught_event")


async def test_a_rollback_leaves_no_event_and_no_hole(
    database: Database, log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    async def fail() -> None:
        async with transactions.begin(calling("see_fish")) as transaction:
            await transaction.session.execute(INSERT, {"name": "pike"})
            transaction.publish(seen("pike"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen("perch"))
    assert await fish(database) == []
    assert [(event.position, event.subject) for event in await log.read(0, 10)] == [(1, "perch")]


# MariaDB checks every constraint at once.
@pytest.mark.engines("sqlite", "postgresql")
async def test_a_commit_that_fails_leaves_no_event_and_no_hole(
    log: EventLog, transactions: Transactions[PondEvent], database: Database
) -> None:
    async with transactions.begin(calling("see_fish")) as transaction:
        await transaction.session.execute(text("CREATE TABLE pond (n INT PRIMARY KEY)"))
        await transaction.session.execute(
            text("CREATE TABLE duck (n INT REFERENCES pond (n) DEFERRABLE INITIALLY DEFERRED)")
        )

    async def fail() -> None:
        async with transactions.begin(calling("see_fish")) as transaction:
            await transaction.session.execute(text("INSERT INTO duck VALUES (7)"))
            transaction.publish(seen("pike"))

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await fail()
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen("perch"))
    assert [(event.position, event.subject) for event in await log.read(0, 10)] == [(1, "perch")]


@contextmanager
def no_room_for_more_than(size: int) -> Iterator[None]:
    """Let no file of this process become larger, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.engines("sqlite")
async def test_a_commit_for_which_the_disk_has_no_room_fails_and_leaves_nothing(
    log: EventLog, transactions: Transactions[PondEvent], database: Database
) -> None:
    async def fill() -> None:
        async with transactions.begin(calling("see_fish")) as transaction:
            await transaction.session.execute(INSERT, {"name": "p" * 1_000_000})
            transaction.publish(seen("pike"))

    await log.head()
    with (
        no_room_for_more_than(500_000),
        pytest.raises((sqlite3.OperationalError, OperationalError)) as caught,
    ):
        await fill()
    assert away(caught.value)
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen("perch"))
    assert await fish(database) == []
    assert [(event.position, event.subject) for event in await log.read(0, 10)] == [(1, "perch")]


async def test_concurrent_writers_get_dense_positions_in_the_order_of_their_commits(
    log: EventLog, transactions: Transactions[PondEvent], database: Database
) -> None:
    async def write(writer: int) -> None:
        for turn in range(25):
            async with transactions.begin(calling("see_fish")) as transaction:
                name = f"{writer}-{turn}"
                await transaction.session.execute(INSERT, {"name": name})
                transaction.publish(seen(name))
                if turn % 5 == writer % 5:
                    transaction.publish(seen(name))

    heard: list[StoredEvent]

    async def look() -> int:
        """Whatever moment a reader looks at: events 1 to n, and exactly the fish they tell of."""
        looks = 0
        while len(heard) < 240:
            async with database.read() as session:
                events = await session.execute(select(EVENT.c.position, EVENT.c.subject))
                told = {row.position: row.subject for row in events}
                names = (await session.execute(select(FISH.c.name))).scalars()
                assert sorted(told) == list(range(1, len(told) + 1))
                assert set(told.values()) == set(names)
            looks += 1
        return looks

    async with asyncio.timeout(30), following(transactions._events) as heard:
        looking = asyncio.create_task(look())
        await asyncio.gather(*(write(writer) for writer in range(8)))
        looks = await looking
    assert [event.position for event in heard] == list(range(1, 241))
    assert looks > 5


async def test_increments_of_writers_that_lock_what_they_read_are_never_lost(
    transactions: Transactions[PondEvent], database: Database
) -> None:
    async with transactions.begin(calling("see_fish")) as transaction:
        await transaction.session.execute(INSERT, {"name": "carp"})

    async def feed() -> None:
        for _ in range(10):
            async with transactions.begin(calling("see_fish")) as transaction:
                read = select(FISH.c.weight).where(FISH.c.name == "carp").with_for_update()
                weight = (await transaction.session.execute(read)).scalar_one()
                await asyncio.sleep(0)
                await transaction.session.execute(
                    text("UPDATE fish SET weight = :weight WHERE name = 'carp'"),
                    {"weight": weight + 1},
                )

    await asyncio.gather(*(feed() for _ in range(8)))
    async with database.read() as session:
        assert (await session.execute(text("SELECT weight FROM fish"))).scalar_one() == 81


async def test_an_event_that_cannot_be_built_becomes_a_reset_and_the_change_stands(
    database: Database,
    log: EventLog,
    events: MemoryEvents,
    transactions: Transactions[PondEvent],
) -> None:
    def broken() -> Never:
        raise LookupError("no such fish")

    with capture_logs() as logs:
        async with transactions.begin(calling("see_fish")) as transaction:
            await transaction.session.execute(INSERT, {"name": "eel"})
            transaction.publish(broken)
    assert await fish(database) == ["eel"]
    [event] = await log.read(0, 10)
    assert (event.tag, event.payload) == ("pond_reset_event", b'{"reason":"fault"}')
    assert events.counters.faults == 1
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("event.fault", "error")]


async def test_an_event_that_cannot_be_encoded_becomes_a_reset(
    log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(FishSeenEvent.model_construct(name="x", item=Fish(name="\ud800")))
    [event] = await log.read(0, 10)
    assert event.tag == "pond_reset_event"


async def test_an_event_is_encoded_when_it_is_published(
    log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    weights: list[int] = [1]
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(lambda: seen("perch", weight=weights[0]))
        weights[0] = 2
    [event] = await log.read(0, 10)
    assert b'"weight":1' in event.payload


async def test_an_operation_may_publish_only_what_it_declares(
    log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    with pytest.raises(UndeclaredEvent, match="drain emits FishSeenEvent"):
        async with transactions.begin(calling("drain")) as transaction:
            transaction.publish(seen())
    assert await log.read(0, 10) == []


async def test_in_production_an_undeclared_event_is_counted_and_goes_out(
    database: Database, log: EventLog, events: MemoryEvents
) -> None:
    transactions = Transactions(database, PUBLISHER, events)
    async with transactions.begin(calling("drain")) as transaction:
        transaction.publish(seen())
    assert len(await log.read(0, 10)) == 1
    assert events.counters.undeclared == 1


async def test_an_event_of_another_service_is_refused(
    transactions: Transactions[PondEvent],
) -> None:
    class StrangeEvent(PingEvent):
        pass

    with pytest.raises(ForeignEvent):
        async with transactions.begin(calling("see_fish")) as transaction:
            transaction.publish(StrangeEvent(message="?"))


async def test_a_caller_cancelled_anywhere_has_committed_and_rung_or_rolled_back(
    database: Database, log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    async def write(name: str) -> None:
        async with transactions.begin(calling("see_fish")) as transaction:
            await transaction.session.execute(INSERT, {"name": name})
            transaction.publish(seen(name))

    finished: set[str] = set()
    for number in range(60):
        name = f"fish-{number:02}"
        task = asyncio.create_task(write(name))
        await asyncio.sleep(number / 60 * 0.004)
        task.cancel()
        try:
            await task
            finished.add(name)
        except asyncio.CancelledError:
            pass
    async with asyncio.timeout(5):
        await write("last")
    in_log = [event.subject for event in await log.read(0, 1000)]
    assert in_log == await fish(database)
    assert finished | {"last"} <= set(in_log)
    positions = [event.position for event in await log.read(0, 1000)]
    assert positions == list(range(1, len(positions) + 1))


async def test_a_caller_cancelled_during_the_commit_loses_nothing(
    events: MemoryEvents, log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    async def write() -> None:
        async with transactions.begin(calling("see_fish")) as transaction:
            transaction.publish(seen("roach"))
            # The block is over; what follows is the commit.
            asyncio.get_running_loop().call_soon(task.cancel)

    async with following(events) as heard:
        task = asyncio.create_task(write())
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: [event.subject for event in heard] == ["roach"], seconds=0.5)


async def test_a_ring_that_fails_does_not_reach_the_operation(
    database: Database, log: EventLog, events: MemoryEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> Never:
        raise ConnectionError

    monkeypatch.setattr(events, "publish", broken)
    transactions = Transactions(database, PUBLISHER, events, strict=True)
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen())
    assert len(await log.read(0, 10)) == 1


async def test_who_follows_the_log_is_not_woken_where_nothing_was_published(
    database: Database, events: MemoryEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(events, "publish", lambda stored: rung.append(len(stored)))
    transactions = Transactions(database, PUBLISHER, events, strict=True)
    async with transactions.begin(calling("see_fish")):
        pass
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen())
    assert rung == [1]


async def test_background_work_publishes_like_an_operation(
    log: EventLog, transactions: Transactions[PondEvent]
) -> None:
    async with transactions.begin(Caller.background("see_fish")) as transaction:
        transaction.publish(seen())
    [event] = await log.read(0, 10)
    assert (event.actor, event.operation) == ("see_fish", "see_fish")
