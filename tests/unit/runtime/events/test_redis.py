from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest
import redis
from structlog.testing import capture_logs

from runtime.database.engine import Database
from runtime.events import redis as redis_module
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.redis import (
    ANSWER_SECONDS,
    IDLE_SECONDS,
    RING_SECONDS,
    RedisEvents,
    pack,
    unpack,
)
from runtime.events.transaction import Transactions
from tests.faults.processes import suspended
from tests.servers.redis_server import RedisServer
from tests.unit.runtime.following import following
from tests.unit.runtime.pond import PUBLISHER, PondEvent, calling, seen, stored
from tests.unit.runtime.waiting import until


@pytest.fixture
async def writer(log: EventLog, redis_server: RedisServer) -> AsyncIterator[RedisEvents]:
    service = await RedisEvents.open(log, redis_server.url)
    await until(lambda: service.connected)
    yield service
    await service.close()


@pytest.fixture
async def reader(database_url: str, redis_server: RedisServer) -> AsyncIterator[RedisEvents]:
    """Another process: its own database connection, its own subscription."""
    database = await Database.open(database_url)
    service = await RedisEvents.open(EventLog(database, "pond"), redis_server.url)
    await until(lambda: service.connected)
    yield service
    await service.close()
    await database.close()


@pytest.fixture
def transactions(database: Database, writer: RedisEvents) -> Transactions[PondEvent]:
    return Transactions(database, PUBLISHER, writer, strict=True)


def positions(events: list[StoredEvent]) -> list[int]:
    return [event.position for event in events]


async def see(transactions: Transactions[PondEvent], name: str) -> None:
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen(name))


@pytest.fixture
async def collected(reader: RedisEvents) -> AsyncIterator[list[StoredEvent]]:
    async with following(reader) as events:
        yield events


def test_a_message_survives_its_way_byte_by_byte() -> None:
    event = stored(seen("a\nb"), 7)
    assert unpack(pack(event, 1700)) == (1700, event)


async def test_another_process_hears_at_once(
    transactions: Transactions[PondEvent], collected: list[StoredEvent], reader: RedisEvents
) -> None:
    await asyncio.sleep(0.1)
    for number in range(20):
        await see(transactions, f"fish-{number}")
        await until(lambda: len(collected) > number, seconds=0.5)  # noqa: B023 - awaited here
    assert reader.counters.polls == 0


@pytest.mark.parametrize("keep_data", [True, False])
async def test_nothing_is_missed_while_redis_restarts(
    transactions: Transactions[PondEvent],
    collected: list[StoredEvent],
    reader: RedisEvents,
    redis_server: RedisServer,
    keep_data: bool,
) -> None:
    writing = asyncio.create_task(_write(transactions, 60))
    await until(lambda: len(collected) > 10)
    for _ in range(2):
        await asyncio.to_thread(redis_server.restart, keep_data=keep_data)
        await asyncio.sleep(0.2)
    await writing
    await until(lambda: len(collected) >= 60)
    assert positions(collected) == list(range(1, 61))
    await until(lambda: reader.connected)
    assert reader.counters.doorbell_losses >= 1


async def _write(transactions: Transactions[PondEvent], count: int) -> None:
    for number in range(count):
        await see(transactions, f"fish-{number}")
        await asyncio.sleep(0.02)


async def test_while_redis_is_away_operations_go_on_and_events_arrive_from_the_table(
    transactions: Transactions[PondEvent],
    collected: list[StoredEvent],
    reader: RedisEvents,
    writer: RedisEvents,
    redis_server: RedisServer,
) -> None:
    with capture_logs() as logs:
        redis_server.stop()
        await until(lambda: not reader.connected)
        for number in range(3):
            began = time.monotonic()
            await see(transactions, f"fish-{number}")
            assert time.monotonic() - began < 0.25
            await until(lambda: len(collected) > number, seconds=0.7)  # noqa: B023 - awaited here
        await until(lambda: writer.counters.unrung == 3)
        redis_server.start()
        await until(lambda: reader.connected and writer._listening.is_set())
    lost = [entry for entry in logs if entry["event"] == "doorbell.lost"]
    assert len(lost) == 2, "each process says once that Redis is away"
    await see(transactions, "back")
    await until(lambda: len(collected) == 4, seconds=0.7)
    assert positions(collected) == [1, 2, 3, 4]


async def test_whoever_rings_tries_once_a_second_while_nothing_is_heard(
    writer: RedisEvents, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    send = writer._send

    async def counted(batch: Sequence[StoredEvent]) -> None:
        tries.append(len(batch))
        await send(batch)

    monkeypatch.setattr(writer, "_send", counted)
    redis_server.stop()
    await until(lambda: not writer._listening.is_set())
    began = time.monotonic()
    for position in range(1, 61):
        writer.publish([stored(seen("perch"), position)])
        await asyncio.sleep(0.05)
    assert 2 <= len(tries) <= (time.monotonic() - began) / RING_SECONDS + 2


async def test_whoever_rings_goes_on_as_soon_as_redis_is_heard_again(
    writer: RedisEvents, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_module, "RING_SECONDS", 60)
    redis_server.stop()
    await until(lambda: not writer._listening.is_set())
    writer.publish([stored(seen("perch"), 1)])
    await until(lambda: writer.counters.unrung == 1)
    redis_server.start()
    await until(lambda: writer.connected)
    assert not writer._rings, "nothing had to be rung for that"
    writer.publish([stored(seen("pike"), 2)])
    await until(lambda: not writer._rings)
    assert (writer.connected, writer.counters.unrung) == (True, 1)


async def test_a_redis_that_stalls_delays_no_operation_and_no_event_for_long(
    transactions: Transactions[PondEvent], collected: list[StoredEvent], redis_server: RedisServer
) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.execute_command("CLIENT", "PAUSE", 3000, "ALL")
    began = time.monotonic()
    for number in range(10):
        await see(transactions, f"fish-{number}")
    assert time.monotonic() - began < 1
    await until(lambda: len(collected) == 10, seconds=2.5)
    assert positions(collected) == list(range(1, 11))


async def test_a_process_that_only_listens_knows_soon_that_redis_stalls(
    reader: RedisEvents, redis_server: RedisServer
) -> None:
    with suspended(redis_server.pid):
        await until(lambda: not reader.connected, seconds=IDLE_SECONDS + ANSWER_SECONDS + 2)
    await until(lambda: reader.connected)


async def test_a_subscription_that_is_cut_comes_back(
    transactions: Transactions[PondEvent],
    collected: list[StoredEvent],
    reader: RedisEvents,
    redis_server: RedisServer,
) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await see(transactions, "perch")
    await until(lambda: len(collected) == 1, seconds=2)
    await until(lambda: reader.counters.doorbell_losses == 1 and reader.connected)


async def test_a_message_that_is_not_ours_is_told_and_forgotten(
    transactions: Transactions[PondEvent],
    collected: list[StoredEvent],
    reader: RedisEvents,
    redis_server: RedisServer,
) -> None:
    with capture_logs() as logs, redis.Redis.from_url(redis_server.url) as client:
        for data in (b"", b"[]\n", b"hello", b'{"position":"x"}\n{}'):
            client.publish(reader._channel, data)
        await see(transactions, "perch")
        await until(lambda: len(collected) == 1)
    assert sum(entry["event"] == "doorbell.unreadable" for entry in logs) >= 4
    assert reader.connected


async def test_a_log_of_another_epoch_is_not_heard(
    log: EventLog, redis_server: RedisServer, reader: RedisEvents, collected: list[StoredEvent]
) -> None:
    stranger = RedisEvents(log, redis_server.url, reader._channel, 12345)
    stranger._start(stranger._ring)
    stranger.publish([stored(seen("not mine"), 1)])
    await asyncio.sleep(0.2)
    assert collected == []
    await stranger.close()


async def test_processes_hear_each_other_again_in_a_new_epoch(
    log: EventLog,
    redis_server: RedisServer,
    transactions: Transactions[PondEvent],
    reader: RedisEvents,
    collected: list[StoredEvent],
) -> None:
    await log.raise_epoch()
    later = await RedisEvents.open(log, redis_server.url)
    await reader.head()
    later.publish([stored(seen("perch"), 1)])
    await until(lambda: len(collected) == 1)
    assert reader.counters.found_by_poll == 0
    await later.close()


async def test_it_starts_without_redis(log: EventLog, redis_server: RedisServer) -> None:
    redis_server.stop()
    service = await RedisEvents.open(log, redis_server.url)
    await asyncio.sleep(0.1)
    assert not service.connected
    redis_server.start()
    await until(lambda: service.connected)
    await service.close()
