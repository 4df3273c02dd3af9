from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from runtime.auth.claims import Claims
from runtime.events.event import EventPosition, StoredEvent
from runtime.monitor import lagging as lagging_module
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Frame, Reset
from runtime.monitor.hub import Hub
from runtime.monitor.lagging import PAGE_EVENTS, Lagging
from runtime.monitor.sight import Selection, Sight
from runtime.monitor.watcher import BATCH_BYTES, Watcher
from tests.unit.runtime.monitor.clock import Hands
from tests.unit.runtime.monitor.table import Table
from tests.unit.runtime.pond import (
    STREAM,
    DrainedEvent,
    PondEvent,
    angler,
    caught,
    seen,
    stored,
)
from tests.unit.runtime.waiting import until

EPOCH = 1700


class Pond:
    """A hub and its table; events are delivered to the hub as the test says."""

    def __init__(self, position: int = 0, ring_bytes: int = 1_000_000) -> None:
        self.hands = Hands()
        self.table = Table(EPOCH, position)
        self.ring_bytes = ring_bytes
        self.restart()

    def restart(self) -> None:
        self.hub = Hub(
            STREAM,
            EventPosition(EPOCH, self.table.position),
            clock=self.hands.clock,
            ring_bytes=self.ring_bytes,
        )
        self.lagging = Lagging(self.hub, self.table)

    def commit(self, *events: PondEvent) -> None:
        for event in events:
            self.table.add(stored(event, self.table.position + 1))

    def deliver(self, most: int | None = None) -> None:
        """Let the hub have what it does not have yet."""
        pending = [event for event in self.table.events if event.position > self.hub.position]
        for event in pending[:most]:
            self.hub.deliver(event)

    def happen(self, *events: PondEvent) -> None:
        self.commit(*events)
        self.deliver()

    def come_back(self, after: int | str, *attributes: str) -> Watcher:
        last = after if isinstance(after, str) else f"{EPOCH}-{after}"
        return self.hub.join(angler(*attributes or ("*",)), Selection(after=last))

    async def everything(self, watcher: Watcher) -> list[Frame]:
        """Take all that is due, with the table's help."""
        taken = []
        while True:
            if frames := watcher.take():
                taken += frames
            elif watcher in self.hub.lagging:
                await self.lagging._serve()
            else:
                return taken


def positions(frames: list[Frame]) -> list[int]:
    return [frame.id.position for frame in frames]


def told(frames: list[Frame]) -> list[tuple[str, str]]:
    """What the first two frames say, and their ids."""
    return [(next(iter(json.loads(frame.payload).values())), str(frame.id)) for frame in frames[:2]]


# ---------------------------------------------------------------- coming back


async def test_who_comes_back_gets_what_was_missed_from_the_ring_and_then_what_happens() -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    watcher = pond.come_back(1)
    pond.happen(seen())
    assert positions(await pond.everything(watcher)) == [1, 2, 3, 4]
    assert pond.table.reads == 0


async def test_hello_repeats_the_position_asked_for() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    [hello] = pond.come_back(1).take()
    assert (hello.payload, str(hello.id)) == (b'{"message":"Hello"}', "1700-1")


async def test_what_the_ring_no_longer_has_comes_from_the_table_through_the_same_filter() -> None:
    pond = Pond()
    pond.happen(seen(), caught(), seen(), caught())
    pond.restart()
    watcher = pond.come_back(1, "pond:fish:see")
    pond.happen(caught(), seen())
    assert positions(await pond.everything(watcher)) == [1, 3, 6]
    assert pond.table.reads > 0


async def test_a_selection_holds_for_what_was_missed_too() -> None:
    pond = Pond()
    pond.happen(seen("pike"), seen("perch"), seen("pike"), caught("pike"))
    pond.restart()
    wanted = Selection(frozenset({"fish_seen_event"}), "pike", f"{EPOCH}-0")
    watcher = pond.hub.join(angler("*"), wanted)
    assert positions(await pond.everything(watcher)) == [0, 1, 3]


async def test_a_long_absence_is_read_in_pages() -> None:
    pond = Pond()
    pond.happen(*(seen() for _ in range(PAGE_EVENTS * 3 + 7)))
    pond.restart()
    watcher = pond.come_back(0)
    assert positions(await pond.everything(watcher)) == list(range(PAGE_EVENTS * 3 + 8))
    assert pond.table.reads == 4


async def test_a_page_is_bounded_in_bytes() -> None:
    pond = Pond()
    pond.happen(*(seen("x" * 10_000) for _ in range(50)))
    pond.restart()
    watcher = pond.come_back(0)
    assert len(watcher.take()) == 1
    assert watcher.take() == []
    await pond.lagging._serve()
    assert sum(len(frame.payload) for frame in watcher.take()) < BATCH_BYTES + 25_000


async def test_those_who_are_at_the_same_place_share_the_reading_and_the_frames() -> None:
    pond = Pond()
    pond.happen(*(seen() for _ in range(100)))
    pond.restart()
    first, second, third = (pond.come_back(after) for after in (0, 0, 50))
    for watcher in (first, second, third):
        assert len(watcher.take()) == 1
        assert watcher.take() == []
    await pond.lagging._serve()
    taken = [watcher.take() for watcher in (first, second, third)]
    assert [len(frames) for frames in taken] == [100, 100, 50]
    assert taken[0][99] is taken[2][49]
    assert pond.table.reads == 1


async def test_a_position_that_this_process_has_not_reached_yet_is_waited_for() -> None:
    pond = Pond()
    pond.commit(seen(), seen(), seen())
    watcher = pond.come_back(2)
    pond.deliver(1)
    assert positions(await pond.everything(watcher)) == [2]
    pond.deliver()
    assert positions(await pond.everything(watcher)) == [2 + 1]


async def test_heartbeats_go_on_while_the_table_cannot_be_read() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    watcher = pond.come_back(1)
    watcher.take()
    assert watcher.take() == []
    pond.hands.move(10)
    [ping] = watcher.take()
    assert (ping.payload, ping.id.position) == (b'{"message":"Ping"}', 1)


async def test_one_who_lags_is_told_to_come_back_when_the_hub_closes() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    watcher = pond.come_back(1)
    watcher.take()
    watcher.take()
    pond.hub.close()
    assert watcher.take() == []
    assert watcher.ended is Ending.SHUTDOWN


async def test_who_leaves_is_no_longer_read_for() -> None:
    pond = Pond()
    pond.happen(seen())
    pond.restart()
    watcher = pond.come_back(0)
    watcher.take()
    watcher.take()
    watcher.leave()
    assert not pond.hub.lagging


# ---------------------------------------------------------------- resets


async def test_a_position_that_the_table_no_longer_has_is_expired() -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    pond.table.prune(2)
    pond.restart()
    watcher = pond.come_back(1)
    pond.happen(seen())
    frames = await pond.everything(watcher)
    assert told(frames) == [("Hello", "1700-1"), ("expired", "1700-4")]
    pond.happen(seen())
    assert positions(await pond.everything(watcher)) == [5]


async def test_the_oldest_position_that_can_be_honoured_is_the_one_before_the_oldest_event() -> (
    None
):
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    pond.table.prune(2)
    pond.restart()
    assert positions(await pond.everything(pond.come_back(2))) == [2, 3]


async def test_who_is_just_in_time_is_served_beside_one_who_is_too_late() -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    pond.table.prune(2)
    pond.restart()
    late, in_time = pond.come_back(0), pond.come_back(2)
    for watcher in (late, in_time):
        watcher.take()
        assert watcher.take() == []
    assert told(await pond.everything(late)) == [("expired", "1700-3")]
    assert positions(await pond.everything(in_time)) == [3]


async def test_an_empty_table_expires_every_position_but_the_newest() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.table.prune(2)
    pond.restart()
    assert told(await pond.everything(pond.come_back(1))) == [
        ("Hello", "1700-1"),
        ("expired", "1700-2"),
    ]
    assert told(await pond.everything(pond.come_back(2))) == [("Hello", "1700-2")]


@pytest.mark.parametrize(
    ("after", "hello", "reason"),
    [
        ("1699-2", "1699-2", "other_epoch"),
        ("1701-0", "1701-0", "other_epoch"),
        ("1700-4", "1700-4", "future"),
        ("1700-999999999999999999", "1700-999999999999999999", "future"),
        ("", "0-0", "malformed"),
        ("x", "0-0", "malformed"),
        ("1700", "0-0", "malformed"),
        ("1700--1", "0-0", "malformed"),
        ("01700-1", "0-0", "malformed"),
        (" 1700-1", "0-0", "malformed"),
        ("1700-1\n", "0-0", "malformed"),
        ("1700-\u0663", "0-0", "malformed"),
        ("1700-" + "9" * 5000, "0-0", "malformed"),
    ],
)
async def test_a_position_that_cannot_be_honoured_is_told_with_the_reason(
    after: str, hello: str, reason: str
) -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    watcher = pond.come_back(after)
    frames = await pond.everything(watcher)
    assert told(frames) == [("Hello", hello), (reason, "1700-3")]
    assert pond.hub.counters.resets == {Reset(reason): 1}
    pond.happen(seen())
    assert positions(await pond.everything(watcher)) == [4]


async def test_a_reset_cut_off_behind_hello_is_told_again() -> None:
    pond = Pond()
    [hello] = pond.come_back("x").take()
    frames = await pond.everything(pond.come_back(str(hello.id)))
    assert told(frames) == [("Hello", "0-0"), ("other_epoch", "1700-0")]


# ---------------------------------------------------------------- the task


@asynccontextmanager
async def running(lagging: Lagging) -> AsyncIterator[None]:
    task = asyncio.create_task(lagging.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_task_serves_whoever_asks_and_wakes_it() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    async with running(pond.lagging):
        watcher = pond.come_back(0)
        watcher.take()
        watcher.take()
        called = asyncio.Event()
        assert watcher.on_due(called.set)
        async with asyncio.timeout(2):
            await called.wait()
        assert positions(watcher.take()) == [1, 2]


async def test_a_table_that_cannot_be_read_is_said_once_and_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lagging_module, "RETRY_SECONDS", 0.01)
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    pond.table.broken = True
    with capture_logs() as logs:
        async with running(pond.lagging):
            watcher = pond.come_back(0)
            watcher.take()
            watcher.take()
            await asyncio.sleep(0.1)
            pond.table.broken = False
            await until(lambda: not pond.hub.lagging)
            assert positions(watcher.take()) == [1, 2]
    assert [entry["event"] for entry in logs] == ["monitor.unreadable"]


# ---------------------------------------------------------------- anything, in any order

RIGHTS = ["pond:fish:see", "pond:fish:catch", "pond:drain", "pond:*"]
EVENTS: list[PondEvent] = [
    seen("perch"),
    seen("pike"),
    caught("perch"),
    caught("pike" * 500),
    DrainedEvent(),
]


@dataclass
class Client:
    """Somebody who comes and goes, and what it must have seen, in the most obvious way."""

    claims: Claims
    selection: Selection
    watcher: Watcher | None = None
    last_id: str | None = None
    got: list[int] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    known: int = 0
    """The position up to which ``expected`` says what must come."""


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(3_000, 100_000))
def test_whoever_comes_and_goes_sees_each_visible_event_once_in_order_or_is_told(
    seed: int, ring_bytes: int
) -> None:
    asyncio.run(Afternoon(random.Random(seed), ring_bytes).spend())


class Afternoon:
    """Random events, cuts, returns, restarts, pruning and lateness."""

    def __init__(self, dice: random.Random, ring_bytes: int) -> None:
        self.dice = dice
        self.pond = Pond(dice.randrange(1000), ring_bytes)
        self.clients = [self._client() for _ in range(dice.randrange(1, 6))]
        self.pruned_to = self.pond.table.position
        self.history: list[StoredEvent] = []

    async def spend(self) -> None:
        steps = {
            self.happen: 6,
            self.come: 3,
            self.go: 1,
            self.take: 6,
            self.serve: 4,
            self.restart: 0.3,
            self.prune: 0.5,
            self.wait: 1,
        }
        for _ in range(self.dice.randrange(20, 300)):
            [step] = self.dice.choices(list(steps), list(steps.values()))
            await step()
        self.pond.deliver()
        for client in self.clients:
            self.join(client)
            assert client.watcher is not None
            self.receive(client, await self.pond.everything(client.watcher))
            self.expect(client)
            assert client.got == client.expected
            assert client.watcher.served == self.pond.table.position

    async def happen(self) -> None:
        happening = self.dice.choices(EVENTS, k=self.dice.randrange(1, 8))
        self.pond.commit(*happening)
        self.history += self.pond.table.events[-len(happening) :]
        if self.dice.random() < 0.8:
            self.pond.deliver(self.dice.choice([None, 1]))

    async def come(self) -> None:
        self.join(self.dice.choice(self.clients))

    async def go(self) -> None:
        self.leave(self.dice.choice(self.clients))

    async def take(self) -> None:
        client = self.dice.choice(self.clients)
        if client.watcher is not None:
            limit = self.dice.choice([1, 1000, BATCH_BYTES])
            frames = client.watcher.take(limit)
            # A cut may lose the end of what was written.
            kept = frames if self.dice.random() < 0.8 else frames[: self.dice.randrange(3)]
            self.receive(client, kept)
            if len(kept) < len(frames):
                self.leave(client)

    async def serve(self) -> None:
        if self.pond.hub.lagging:
            await self.pond.lagging._serve()

    async def restart(self) -> None:
        for client in self.clients:
            self.leave(client)
        self.pond.restart()

    async def prune(self) -> None:
        count = self.dice.randrange(1 + len(self.pond.table.events))
        # What the process has not read yet is a matter of its follower, not of the hub.
        delivered = [e for e in self.pond.table.events if e.position <= self.pond.hub.position]
        self.pond.table.prune(min(count, len(delivered)))
        self.pruned_to += min(count, len(delivered))

    async def wait(self) -> None:
        self.pond.hands.move(self.dice.random() * 8)

    def join(self, client: Client) -> None:
        if client.watcher is not None:
            return
        asked = Selection(client.selection.types, client.selection.subject, client.last_id)
        client.watcher = self.pond.hub.join(client.claims, asked)
        if client.last_id is None:
            client.known = self.pond.hub.position

    def leave(self, client: Client) -> None:
        if client.watcher is not None:
            client.watcher.leave()
            client.watcher = None
            if client.last_id is None:
                client.got, client.expected = [], []

    def receive(self, client: Client, frames: list[Frame]) -> None:
        for frame in frames:
            if frame.tag == "pond_reset_event":
                # Nothing else is allowed to expire than what the table has lost.
                assert json.loads(frame.payload) == {"reason": "expired"}
                assert client.last_id is not None
                assert EventPosition.parse(client.last_id).position < self.pruned_to
                self.expect(client, EventPosition.parse(client.last_id).position)
                assert client.got == client.expected
                client.known = frame.id.position
            elif frame.tag != "pond_ping_event":
                client.got.append(frame.id.position)
            if client.last_id is not None:
                assert frame.id >= EventPosition.parse(client.last_id)
            client.last_id = str(frame.id)

    def expect(self, client: Client, until: int | None = None) -> None:
        """Note what must have come since, up to a position."""
        sight = Sight.of(client.claims.attributes, STREAM, client.selection)
        last = self.pond.table.position if until is None else until
        client.expected += [
            event.position
            for event in self.history
            if client.known < event.position <= last and sight.sees(event.tag, event.subject)
        ]
        client.known = max(client.known, last)

    def _client(self) -> Client:
        rights = self.dice.sample(RIGHTS, self.dice.randrange(1, len(RIGHTS)))
        subject = self.dice.choice([None, None, "perch"])
        types = self.dice.choice([None, None, frozenset({"fish_seen_event"})])
        return Client(angler(*rights), Selection(types, subject))
