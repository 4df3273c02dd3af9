"""A hub whose watchers come back, and the table that they are served from."""

from __future__ import annotations

import json
from collections.abc import Sequence

from runtime.events.event import EventPosition
from runtime.monitor.frames import Frame
from runtime.monitor.hub import Hub
from runtime.monitor.lagging import Lagging
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher
from tests.unit.runtime.clock import Hands
from tests.unit.runtime.monitor.table import Table
from tests.unit.runtime.pond import (
    STREAM,
    PondEvent,
    angler,
    stored,
)

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
        taken: list[Frame] = []
        while True:
            if frames := watcher.take():
                taken += frames
            elif watcher in self.hub.lagging:
                await self.lagging._serve()
            else:
                return taken


def positions(frames: Sequence[Frame]) -> list[int]:
    return [frame.id.position for frame in frames]


def told(frames: Sequence[Frame]) -> list[tuple[str, str]]:
    """What the first two frames say, and their ids."""
    return [(next(iter(json.loads(frame.payload).values())), str(frame.id)) for frame in frames[:2]]
