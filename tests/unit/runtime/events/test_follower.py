from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.events import follower
from runtime.events.counters import EventCounters
from runtime.events.event import StoredEvent
from runtime.events.follower import GATHER, TURN_BYTES, Followers
from runtime.events.log import EventLog
from runtime.events.service import Deliver
from tests.unit.runtime.pond import seen, stored
from tests.unit.runtime.waiting import until

EVENTS = [stored(seen(f"fish-{position}"), position) for position in range(1, 6)]


class Followed:
    """The followers of a log that is empty: what they deliver, they were rung for."""

    def __init__(self, log: EventLog) -> None:
        self.counters = EventCounters()
        self.followers = Followers(log, self.counters)
        self.tasks: list[asyncio.Task[None]] = []

    async def begin(self, deliver: Deliver, silence: float = 10) -> asyncio.Task[None]:
        """Follow, and wait until there is nothing to do but wait."""
        task = asyncio.create_task(self.followers.follow(0, deliver, lambda: silence))
        self.tasks.append(task)
        await until(lambda: sum(each._waits for each in self.followers._all) == len(self.tasks))
        return task


@pytest.fixture
async def followed(log: EventLog) -> AsyncIterator[Followed]:
    followed = Followed(log)
    yield followed
    for task in followed.tasks:
        task.cancel()
    await asyncio.gather(*followed.tasks, return_exceptions=True)


async def test_what_comes_next_is_delivered_within_the_ring(followed: Followed) -> None:
    delivered: list[StoredEvent] = []
    await followed.begin(delivered.append)
    followed.followers.hear(EVENTS[:2])
    assert delivered == EVENTS[:2]
    await asyncio.sleep(GATHER)
    followed.followers.hear(EVENTS[3:])
    await until(lambda: followed.counters.gap_reads == 1)
    assert delivered == EVENTS[:2]
    followed.followers.hear(EVENTS[2:3])
    await until(lambda: delivered == EVENTS)


async def test_what_comes_in_the_moment_after_a_delivery_is_delivered_together(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "GATHER", 0.2)
    delivered: list[StoredEvent] = []
    await followed.begin(delivered.append)
    for event in EVENTS[:4]:
        followed.followers.hear([event])
    seen_at_once: set[int] = set()

    def all_are_here() -> bool:
        seen_at_once.add(len(delivered))
        return delivered == EVENTS[:4]

    await until(all_are_here)
    assert seen_at_once == {1, 4}
    await asyncio.sleep(0.2)
    followed.followers.hear(EVENTS[4:])
    assert delivered == EVENTS


async def test_what_is_gathered_can_be_had_at_once(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "GATHER", 0.2)
    delivered: list[StoredEvent] = []
    await followed.begin(delivered.append)
    followed.followers.flush()
    followed.followers.hear(EVENTS[:1])
    followed.followers.hear(EVENTS[1:3])
    assert delivered == EVENTS[:1]
    followed.followers.flush()
    assert delivered == EVENTS[:3]
    followed.followers.hear(EVENTS[3:])
    assert delivered == EVENTS[:3]
    await until(lambda: delivered == EVENTS)


async def test_what_was_gathered_is_not_delivered_to_who_has_left(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "GATHER", 0.05)
    delivered: list[StoredEvent] = []
    task = await followed.begin(delivered.append)
    followed.followers.hear(EVENTS[:1])
    followed.followers.hear(EVENTS[1:])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.1)
    assert delivered == EVENTS[:1]


async def test_a_large_ring_is_delivered_in_turns(followed: Followed) -> None:
    events = [stored(seen("x" * (TURN_BYTES // 4)), position) for position in range(1, 7)]
    assert all(TURN_BYTES // 2 <= len(event.payload) < TURN_BYTES for event in events)
    delivered: list[StoredEvent] = []
    await followed.begin(delivered.append)
    followed.followers.hear(events)
    turns = {len(delivered)}
    async with asyncio.timeout(5):
        while len(delivered) < len(events):
            await asyncio.sleep(0)
            turns.add(len(delivered))
    assert turns == {2, 4, 6}
    assert delivered == events


async def test_a_delivery_that_fails_ends_who_follows_and_nobody_else(followed: Followed) -> None:
    tried: list[StoredEvent] = []
    delivered: list[StoredEvent] = []

    def fail(event: StoredEvent) -> None:
        tried.append(event)
        raise LookupError("nobody is here")

    failing = await followed.begin(fail)
    await followed.begin(delivered.append)
    followed.followers.hear(EVENTS[:1])
    followed.followers.hear(EVENTS[1:])
    await until(lambda: delivered == EVENTS)
    with pytest.raises(LookupError):
        await failing
    assert tried == EVENTS[:1]
    assert len(followed.followers._all) == 1


async def test_the_table_is_looked_at_after_a_silence_and_not_while_rings_come(
    followed: Followed,
) -> None:
    delivered: list[StoredEvent] = []
    await followed.begin(delivered.append, silence=0.5)
    for event in EVENTS:
        await asyncio.sleep(0.2)
        followed.followers.hear([event])
    assert followed.counters.polls == 0
    await until(lambda: followed.counters.polls == 1, seconds=2)
    assert delivered == EVENTS


async def test_a_ring_during_a_look_at_the_table_is_delivered_after_it(
    log: EventLog, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered: list[StoredEvent] = []
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def read(after: int, limit: int) -> list[StoredEvent]:
        reading.set()
        await go_on.wait()
        return EVENTS[:2]

    await followed.begin(delivered.append)
    monkeypatch.setattr(log, "read", read)
    followed.followers.look()
    await reading.wait()
    followed.followers.hear(EVENTS[:1])
    followed.followers.hear(EVENTS[1:3])
    assert delivered == []
    go_on.set()
    await until(lambda: delivered == EVENTS[:3])


async def test_it_goes_on_at_once_where_a_full_batch_was_read(
    log: EventLog, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "BATCH", 2)
    delivered: list[StoredEvent] = []

    async def read(after: int, limit: int) -> list[StoredEvent]:
        return EVENTS[after : after + limit]

    monkeypatch.setattr(log, "read", read)
    await followed.begin(delivered.append)
    await until(lambda: delivered == EVENTS)
    assert followed.counters.polls == 0
