"""Whatever happens, in whatever order: each visible event comes once, or a reset says so."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.auth.claims import Claims
from runtime.events.event import EventPosition, StoredEvent
from runtime.monitor.frames import Frame
from runtime.monitor.sight import Selection, Sight
from runtime.monitor.watcher import BATCH_BYTES, Watcher
from tests.unit.runtime.monitor.lagging_pond import Pond
from tests.unit.runtime.pond import (
    STREAM,
    DrainedEvent,
    PondEvent,
    angler,
    caught,
    seen,
)

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


@settings(max_examples=200)
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

    def receive(self, client: Client, frames: Sequence[Frame]) -> None:
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
