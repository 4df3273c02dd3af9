"""A log in memory: what the tables hold, for tests that need thousands of them."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.events.counters import EventCounters
from runtime.events.event import EventPosition, StoredEvent
from runtime.events.service import Deliver


class Table:
    """Events in order, from ``oldest`` on; whoever follows it is driven by the test."""

    def __init__(self, epoch: int = 1700, position: int = 0) -> None:
        self.counters = EventCounters()
        self.events: list[StoredEvent] = []
        self.epoch = epoch
        self.position = position
        self.reads = 0
        self.broken = False

    @property
    def connected(self) -> bool:
        return not self.broken

    def add(self, event: StoredEvent) -> None:
        self.events.append(event)
        self.position = event.position

    def prune(self, count: int) -> None:
        del self.events[:count]

    async def read(self, after: int, limit: int) -> list[StoredEvent]:
        if self.broken:
            raise OSError("the table is away")
        self.reads += 1
        return [event for event in self.events if event.position > after][:limit]

    async def head(self) -> EventPosition:
        return EventPosition(self.epoch, self.position)

    def publish(self, events: Sequence[StoredEvent]) -> None:
        raise AssertionError("nobody publishes here")

    def flush(self) -> None:
        raise AssertionError("nobody follows here")

    async def follow(self, after: int, deliver: Deliver) -> None:
        raise AssertionError("nobody follows here")

    async def close(self) -> None:
        pass
