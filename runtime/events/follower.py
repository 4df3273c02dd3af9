"""Following a log: the doorbell for speed, the table for truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import Final

import structlog

from runtime.events.counters import EventCounters
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.order import Order

BATCH: Final = 500
"""How many events are read from the table at once."""
SILENCE: Final = 1.0
"""Seconds without a ring after which the table is looked at."""
SILENCE_AWAY: Final = 0.25
"""The same while the doorbell is known to be out of order."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class EventsMissing(Exception):
    """The table no longer holds the event that comes next; it goes on at ``found``."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(f"{stream}: expected event {expected}, the oldest is {found}")
        self.stream = stream
        self.expected = expected
        self.found = found


class Follower:
    """One dense sequence of a log's events."""

    def __init__(
        self,
        log: EventLog,
        after: int,
        *,
        silence: Callable[[], float],
        counters: EventCounters,
    ) -> None:
        self._log = log
        self._order = Order(after)
        self._silence = silence
        self._counters = counters
        self._rung = asyncio.Event()
        # The table may already be ahead of where we begin.
        self._look = True
        self._readable = True

    def hear(self, events: Iterable[StoredEvent]) -> None:
        """Take what a doorbell brings, in any order, repeated or not."""
        self._order.hear(events)
        self._rung.set()

    def look(self) -> None:
        """Look at the table: rings may have been missed."""
        self._look = True
        self._rung.set()

    async def events(self) -> AsyncGenerator[StoredEvent]:
        """Deliver every event after the position it began at, once and in order, without end."""
        while True:
            while (event := self._order.next()) is not None:
                yield event
            self._rung.clear()
            if self._look:
                self._look = False
                progress = await self._read()
            elif self._order.behind:
                self._counters.gap_reads += 1
                progress = await self._read()
            else:
                progress = False
            if not progress:
                await self._wait()

    async def _read(self) -> bool:
        """Read on from the table; tell whether it held anything new."""
        try:
            events = await self._log.read(self._order.position, BATCH)
        except Exception as error:
            # The database is away; it is also the only way on, so keep asking.
            self._counters.read_failures += 1
            if self._readable:
                self._readable = False
                _log.error("events.unreadable", stream=self._log.stream, reason=str(error))
            return False
        if not self._readable:
            self._readable = True
            _log.info("events.readable", stream=self._log.stream)
        if not events:
            return False
        if events[0].position != self._order.position + 1:
            raise EventsMissing(self._log.stream, self._order.position + 1, events[0].position)
        self._order.hear(events)
        # A full batch is rarely the last.
        self._look = self._look or len(events) == BATCH
        return True

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._silence()):
                await self._rung.wait()
        except TimeoutError:
            self._counters.polls += 1
            before = self._order.position
            if await self._read():
                self._counters.found_by_poll += self._order.newest - before


class Followers:
    """The followers of one log in this process."""

    def __init__(self, log: EventLog, counters: EventCounters) -> None:
        self._log = log
        self._counters = counters
        self._all: set[Follower] = set()

    def hear(self, events: Sequence[StoredEvent]) -> None:
        """Tell all of them."""
        for follower in self._all:
            follower.hear(events)

    def look(self) -> None:
        """Have all of them look at the table."""
        for follower in self._all:
            follower.look()

    async def follow(self, after: int, silence: Callable[[], float]) -> AsyncGenerator[StoredEvent]:
        """Follow the log from behind a position, for as long as it is iterated."""
        follower = Follower(self._log, after, silence=silence, counters=self._counters)
        self._all.add(follower)
        try:
            async for event in follower.events():
                yield event
        finally:
            self._all.discard(follower)
