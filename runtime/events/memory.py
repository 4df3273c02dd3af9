"""The doorbell of a single process: a call."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.events.counters import EventCounters
from runtime.events.event import EventPosition, StoredEvent
from runtime.events.follower import SILENCE, Followers
from runtime.events.log import EventLog
from runtime.events.service import Deliver


class MemoryEvents:
    """Events for one serving process.

    Another process that writes to the same database is heard by looking at the table.
    """

    def __init__(self, log: EventLog) -> None:
        self.counters = EventCounters()
        self._log = log
        self._followers = Followers(log, self.counters)

    @property
    def connected(self) -> bool:
        """Always: there is nothing in between."""
        return True

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Tell every follower."""
        self._followers.hear(events)

    def flush(self) -> None:
        """Have every follower deliver what it was told."""
        self._followers.flush()

    async def follow(self, after: int, deliver: Deliver) -> None:
        """Follow the log from behind a position."""
        await self._followers.follow(after, deliver, lambda: SILENCE)

    async def head(self) -> EventPosition:
        """Return the newest position of the log."""
        return await self._log.head()

    async def read(self, after: int, limit: int) -> list[StoredEvent]:
        """Return events of the table that follow a position."""
        return await self._log.read(after, limit)

    async def close(self) -> None:
        """Let go of nothing: there is no connection."""
