"""Connections that are not where the ring is: they are served from the table, at their own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from runtime.events.event import StoredEvent
from runtime.events.service import EventService
from runtime.monitor.frames import EventFrames, Frame, Reset
from runtime.monitor.hub import Hub
from runtime.monitor.sight import Sight
from runtime.monitor.watcher import BATCH_BYTES

PAGE_EVENTS: Final = 256
"""How many events are read at once."""
PAGE_BYTES: Final = BATCH_BYTES
"""How much of what was read is kept, so that a connection holds no more than from the ring."""
RETRY_SECONDS: Final = 0.5
"""Pause before a table that cannot be read is read again."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Page:
    """A dense run of events from the table, shared by all who are within it."""

    def __init__(self, frames: EventFrames, after: int, events: Sequence[StoredEvent]) -> None:
        """Keep the events that follow ``after`` without a gap, up to about ``PAGE_BYTES``."""
        self.after = after
        self.last = after
        self._frames: list[Frame] = []
        size = 0
        for event in events:
            if event.position != self.last + 1 or size >= PAGE_BYTES:
                break
            self._frames.append(frames.of(event))
            self.last = event.position
            size += len(event.payload)

    def seen_by(self, sight: Sight, served: int) -> list[Frame]:
        """Return what a connection sees of it that has been served up to ``served``."""
        return [
            frame
            for frame in self._frames[served - self.after :]
            if sight.sees(frame.tag, frame.subject)
        ]


class Lagging:
    """Serves the connections of one hub that ask for the table, in turn.

    One page is read at a time, and goes to everybody whom it serves.
    """

    def __init__(self, hub: Hub, events: EventService) -> None:
        self._hub = hub
        self._events = events
        self._asked = asyncio.Event()
        self._readable = True
        hub.on_lag = self._asked.set

    async def run(self) -> None:
        """Serve whoever asks, without end."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._hub.lagging:
                try:
                    await self._serve()
                except Exception as error:
                    self._unreadable(error)
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    self._readable = True

    async def _serve(self) -> None:
        """Serve the connection that has waited longest, and all who are served by the same."""
        hub = self._hub
        first = next(iter(hub.lagging))
        if first.served > hub.position:
            await self._judge_the_future()
            return
        if first.served + 1 >= hub.ring.oldest:
            # The ring has come to where it is.
            first.go_on()
            return
        after, newest = first.served, hub.position
        events = await self._events.read(after, PAGE_EVENTS)
        hub.counters.lag_reads += 1
        page = Page(hub.frames, after, events)
        if page.last == after:
            self._expire(events[0].position if events else newest + 1)
            return
        for watcher in list(hub.lagging):
            if after <= watcher.served < page.last:
                watcher.fill(page)

    async def _judge_the_future(self) -> None:
        """Tell those who are ahead of this process from those who are ahead of everything."""
        hub = self._hub
        ahead = [watcher for watcher in hub.lagging if watcher.served > hub.position]
        head = await self._events.head()
        for watcher in ahead:
            if head.epoch == hub.epoch and watcher.served <= head.position:
                watcher.go_on()
            else:
                watcher.reset(Reset.FUTURE)

    def _expire(self, oldest: int) -> None:
        """Reset those whose next event the table no longer has."""
        for watcher in list(self._hub.lagging):
            if watcher.served + 1 < oldest:
                watcher.reset(Reset.EXPIRED)

    def _unreadable(self, error: Exception) -> None:
        if self._readable:
            self._readable = False
            _log.error(
                "monitor.unreadable", stream=self._hub.stream.name, reason=type(error).__name__
            )
