from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from runtime.auth.claims import Claims
from runtime.auth.tickets.redis import RedisTicketStore
from runtime.auth.tickets.ticket import Tickets, TicketScheme, TicketStoreUnavailable
from tests.servers.redis_server import RedisServer

DOOR = TicketScheme(name="door", cookie="door-ticket", seconds=5)


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_server.url, decode_responses=True) as client:
        yield client


@pytest.mark.parametrize("prefix", ["bakery", "bakery:"])
async def test_a_ticket_stands_in_redis_under_its_digest_and_with_its_time(
    redis_server: RedisServer, redis: Redis, prefix: str
) -> None:
    store = RedisTicketStore.open(redis_server.url, prefix=prefix)
    ticket = await Tickets(store).issue(DOOR, "oven", Claims(subject="ann"))
    [key] = map(str, await redis.keys())
    assert key.startswith("bakery:")
    assert not key.startswith("bakery::")
    assert ticket not in key
    assert 0 < await redis.ttl(key) <= 5
    await store.close()


async def test_a_ticket_issued_by_one_process_is_good_at_another(
    redis_server: RedisServer,
) -> None:
    here, there = (RedisTicketStore.open(redis_server.url) for _ in range(2))
    ticket = await Tickets(here).issue(DOOR, "", Claims(subject="ann"))
    assert (await Tickets(there).redeem(DOOR, "", ticket)).subject == "ann"
    await here.close()
    await there.close()


async def test_without_redis_a_ticket_is_neither_issued_nor_called_invalid(
    redis_server: RedisServer,
) -> None:
    store = RedisTicketStore.open(redis_server.url)
    tickets = Tickets(store)
    ticket = await tickets.issue(DOOR, "", Claims())
    redis_server.stop()
    with pytest.raises(TicketStoreUnavailable):
        await tickets.issue(DOOR, "", Claims())
    with pytest.raises(TicketStoreUnavailable):
        await tickets.redeem(DOOR, "", ticket)
    redis_server.start()
    assert await tickets.issue(DOOR, "", Claims())
    await store.close()


async def test_nobody_meets_the_connections_of_before_redis_restarted(
    redis_server: RedisServer,
) -> None:
    store = RedisTicketStore.open(redis_server.url)
    tickets = Tickets(store)
    used_before = await asyncio.gather(*(tickets.issue(DOOR, "", Claims()) for _ in range(5)))
    redis_server.restart(keep_data=True)
    for ticket in used_before:
        await tickets.redeem(DOOR, "", ticket)
    redis_server.restart(keep_data=True)
    assert all(await asyncio.gather(*(tickets.issue(DOOR, "", Claims()) for _ in range(5))))
    await store.close()
