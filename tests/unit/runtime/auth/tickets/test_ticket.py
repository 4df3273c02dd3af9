"""What every ticket store must do, and what a ticket is good for; on both stores."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from runtime.auth.attributes import EVERYTHING, NOTHING, Attributes
from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.auth.tickets.counters import TicketCounters
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.redis import RedisTicketStore
from runtime.auth.tickets.ticket import (
    InvalidTicket,
    Tickets,
    TicketScheme,
    TicketStore,
    TicketStoreUnavailable,
)
from tests.servers.redis_server import RedisServer

DOOR = TicketScheme(name="door", cookie="door-ticket", seconds=5)
CELLAR = TicketScheme(name="cellar", cookie="cellar-ticket", seconds=5)
ANN = Claims(subject="ann", attributes=Attributes.of(["shop:*"]))


@pytest.fixture(params=["memory", "redis"])
async def store(
    request: pytest.FixtureRequest,
) -> AsyncIterator[TicketStore]:
    opened: TicketStore
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        opened = RedisTicketStore.open(server.url)
    else:
        opened = MemoryTicketStore()
    yield opened
    await opened.close()


@pytest.fixture
def tickets(store: TicketStore) -> Tickets:
    return Tickets(store)


async def winners(uses: int, use: Callable[[], Awaitable[object]]) -> int:
    results = await asyncio.gather(*(use() for _ in range(uses)), return_exceptions=True)
    return sum(not isinstance(result, InvalidTicket) for result in results)


async def test_a_ticket_is_43_characters_that_a_cookie_may_hold(tickets: Tickets) -> None:
    ticket = await tickets.issue(DOOR, "", ANN)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ticket)
    assert ticket != await tickets.issue(DOOR, "", ANN)


@pytest.mark.parametrize(
    "claims", [ANN, UNRESTRICTED, Claims(attributes=NOTHING), Claims(attributes=EVERYTHING)]
)
async def test_a_ticket_stands_for_the_claims_it_was_issued_to(
    tickets: Tickets, claims: Claims
) -> None:
    ticket = await tickets.issue(DOOR, "", claims)
    assert await tickets.redeem(DOOR, "", ticket) == claims


async def test_a_ticket_is_good_once(tickets: Tickets) -> None:
    ticket = await tickets.issue(DOOR, "", ANN)
    await tickets.redeem(DOOR, "", ticket)
    with pytest.raises(InvalidTicket):
        await tickets.redeem(DOOR, "", ticket)


async def test_of_100_uses_at_once_exactly_one_wins(tickets: Tickets) -> None:
    ticket = await tickets.issue(DOOR, "", ANN)
    assert await winners(100, lambda: tickets.redeem(DOOR, "", ticket)) == 1


@pytest.mark.parametrize(
    ("scheme", "resource"), [(CELLAR, "1"), (DOOR, "2"), (DOOR, ""), (CELLAR, "")]
)
async def test_a_ticket_shown_at_another_door_is_refused_and_not_spent(
    tickets: Tickets, scheme: TicketScheme, resource: str
) -> None:
    ticket = await tickets.issue(DOOR, "1", ANN)
    with pytest.raises(InvalidTicket):
        await tickets.redeem(scheme, resource, ticket)
    assert await tickets.redeem(DOOR, "1", ticket) == ANN


@pytest.mark.parametrize("ticket", ["", "x", "A" * 43, "\0", "\udc80", "*"])
async def test_an_unknown_ticket_is_refused(tickets: Tickets, ticket: str) -> None:
    await tickets.issue(DOOR, "", ANN)
    with pytest.raises(InvalidTicket):
        await tickets.redeem(DOOR, "", ticket)


async def test_a_ticket_ends_with_the_claims_behind_it(store: TicketStore) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    short = Claims(subject="ann", expires_at=now + timedelta(seconds=1))
    early = Tickets(store, now=lambda: now)
    late = Tickets(store, now=lambda: now + timedelta(seconds=1))
    ticket, second = [await early.issue(DOOR, "", short) for _ in range(2)]
    assert await early.redeem(DOOR, "", ticket) == short
    with pytest.raises(InvalidTicket):
        await late.redeem(DOOR, "", second)


async def test_what_was_kept_is_taken_once(store: TicketStore) -> None:
    await store.put("key", b"value", 5)
    assert await store.take("key") == b"value"
    assert await store.take("key") is None


async def test_a_value_is_gone_when_its_time_is_over(store: TicketStore) -> None:
    await store.put("key", b"value", 1)
    await asyncio.sleep(1.1)
    assert await store.take("key") is None


async def test_what_becomes_of_tickets_is_counted(tickets: Tickets) -> None:
    ticket = await tickets.issue(DOOR, "", ANN)
    await tickets.issue(DOOR, "", ANN)
    await tickets.redeem(DOOR, "", ticket)
    for door in (DOOR, CELLAR):
        with pytest.raises(InvalidTicket):
            await tickets.redeem(door, "", ticket)
    assert tickets.counters == TicketCounters(issued=2, redeemed=1, refused=2)


async def test_a_store_that_keeps_nothing_is_counted() -> None:
    tickets = Tickets(MemoryTicketStore(capacity=0))
    with pytest.raises(TicketStoreUnavailable):
        await tickets.issue(DOOR, "", ANN)
    assert tickets.counters == TicketCounters(unavailable=1)
