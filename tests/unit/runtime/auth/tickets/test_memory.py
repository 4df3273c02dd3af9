from __future__ import annotations

import pytest

from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import TicketStoreUnavailable


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_value_is_good_until_just_before_its_time_is_over(clock: Clock) -> None:
    store = MemoryTicketStore(now=clock)
    await store.put("early", b"", 5)
    await store.put("late", b"", 5)
    clock.now += 4.999
    assert await store.take("early") == b""
    clock.now += 0.001
    assert await store.take("late") is None


async def test_values_that_nobody_claims_are_swept(clock: Clock) -> None:
    store = MemoryTicketStore(now=clock)
    for number in range(100):
        await store.put(str(number), b"", 5 if number % 2 else 60)
    clock.now += 5
    await store.put("one more", b"", 5)
    assert len(store) == 51


async def test_a_full_store_refuses_the_next_and_keeps_what_it_has(clock: Clock) -> None:
    store = MemoryTicketStore(capacity=2, now=clock)
    await store.put("a", b"a", 5)
    await store.put("b", b"b", 5)
    with pytest.raises(TicketStoreUnavailable):
        await store.put("c", b"c", 5)
    assert await store.take("a") == b"a"
    await store.put("c", b"c", 5)


async def test_a_full_store_has_room_again_when_tickets_expire(clock: Clock) -> None:
    store = MemoryTicketStore(capacity=1, now=clock)
    await store.put("a", b"a", 5)
    clock.now += 5
    await store.put("b", b"b", 5)
    assert await store.take("b") == b"b"
