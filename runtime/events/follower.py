"""Following a log: the doorbell for speed, the table for truth."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from runtime.events.counters import EventCounters
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.order import Order
from runtime.events.service import Deliver

BATCH: Final = 500
"""How many events are read from the table at once."""
TURN_BYTES: Final = 64 * 1024
"""How much is delivered before others have their turn: a long gap must not overtake readers that are
not slow."""
GATHER: Final = 0.025
"""Seconds after a delivery for which what is rung for is gathered, to be delivered together.  Between
two requests one event takes longer than five in a row."""
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
    """Delivers one dense sequence of a log's events.

    What a ring brings is delivered within that ring, if it is what comes next and nothing was delivered
    within the last moment; else at the end of that moment, or when somebody asks for it.  To wake a task
    for it takes a tenth of a millisecond between two requests, more than a hub does with the event.
    """

    def __init__(
        self,
        log: EventLog,
        after: int,
        deliver: Deliver,
        *,
        silence: Callable[[], float],
        counters: EventCounters,
    ) -> None:
        self._log = log
        self._order = Order(after)
        self._deliver = deliver
        self._silence = silence
        self._counters = counters
        self._woken = asyncio.Event()
        """Set when there is more to do than to deliver what a ring brings."""
        self._waits = False
        """Whether nothing is being read or delivered that a ring could overtake."""
        self._heard_at = time.monotonic()
        self._rung: list[StoredEvent] = []
        """What rings brought since the last delivery."""
        self._taken_at = -GATHER
        """When they were last taken."""
        self._gathering: asyncio.TimerHandle | None = None
        self._error: Exception | None = None
        """What went wrong within a ring."""
        # The table may already be ahead of where we begin.
        self._look = True
        self._readable = True

    def hear(self, events: Iterable[StoredEvent]) -> None:
        """Take what a doorbell brings, in any order, repeated or not."""
        self._rung += events
        self._heard_at = time.monotonic()
        if self._gathering is not None:
            return
        left = self._taken_at + GATHER - self._heard_at
        if left > 0:
            self._gathering = asyncio.get_running_loop().call_later(left, self._take_rung)
        else:
            self._take_rung()

    def flush(self) -> None:
        """Gather no longer: deliver at once what rings brought, as far as it goes within a ring."""
        if self._gathering is not None:
            self._gathering.cancel()
            self._take_rung()

    def _take_rung(self) -> None:
        """Deliver what rings brought, or leave it to who is at it."""
        self._gathering = None
        self._taken_at = time.monotonic()
        self._order.hear(self._rung)
        self._rung.clear()
        if self._woken.is_set():
            return
        try:
            if not self._waits or self._deliver_some() or self._order.behind:
                self._woken.set()
        except Exception as error:
            # It is nothing to whoever rang: the change is made, and others want to hear of it.
            self._error = error
            self._woken.set()

    def look(self) -> None:
        """Look at the table: rings may have been missed."""
        self._look = True
        self._woken.set()

    async def run(self) -> None:
        """Deliver every event after the position it began at, once and in order, without end.

        Raises:
            EventsMissing: The table no longer has what comes next.
            Exception: What the delivery of an event raised; none is delivered after it.
        """
        while True:
            if self._deliver_some():
                await asyncio.sleep(0)
                continue
            self._woken.clear()
            if self._look:
                self._look = False
                progress = await self._read()
            elif self._order.behind:
                self._counters.gap_reads += 1
                progress = await self._read()
            else:
                progress = False
            if not progress and not await self._wait_for_more():
                await self._poll()

    def _deliver_some(self) -> bool:
        """Deliver what comes next, a turn's worth at most; tell whether there may be more of it."""
        delivered = 0
        while (event := self._order.next()) is not None:
            self._deliver(event)
            delivered += len(event.payload)
            if delivered >= TURN_BYTES:
                return True
        return False

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

    async def _wait_for_more(self) -> bool:
        """Wait until there is more to do; false if no ring came for too long."""
        self._heard_at = time.monotonic()
        self._waits = True
        try:
            while not self._woken.is_set():
                left = self._heard_at + self._silence() - time.monotonic()
                if left <= 0:
                    return False
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._woken.wait()
        finally:
            self._waits = False
        if self._error is not None:
            raise self._error
        return True

    async def _poll(self) -> None:
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

    def flush(self) -> None:
        """Have all of them deliver what they were told."""
        for follower in self._all:
            follower.flush()

    def look(self) -> None:
        """Have all of them look at the table."""
        for follower in self._all:
            follower.look()

    async def follow(self, after: int, deliver: Deliver, silence: Callable[[], float]) -> None:
        """Follow the log from behind a position, without end."""
        follower = Follower(self._log, after, deliver, silence=silence, counters=self._counters)
        self._all.add(follower)
        try:
            await follower.run()
        finally:
            self._all.discard(follower)
