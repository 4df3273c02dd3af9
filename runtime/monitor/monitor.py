"""A stream as it runs: a hub, and the task that feeds it."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import Final

import structlog

from runtime.auth.claims import Claims
from runtime.clock import Clock
from runtime.events.event import EventPosition
from runtime.events.service import EventService
from runtime.monitor.counters import MonitorCounters, MonitorState
from runtime.monitor.hub import RING_BYTES, Hub
from runtime.monitor.lagging import Lagging
from runtime.monitor.sight import ALL, Selection
from runtime.monitor.stream import Stream
from runtime.monitor.waking import Waking
from runtime.monitor.watcher import Watcher

RESTART_SECONDS: Final = 1.0
"""Pause before a feed that failed begins again."""
LOG_SECONDS: Final = 1.0
"""How often it is looked whether the log is still the one that is followed."""
STATE_SECONDS: Final = 1.0
"""How long the log may take to say how far it is, for whoever asks how the stream stands."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class AnotherLog(Exception):
    """The log has a new epoch, or an older state: the positions that we go by are not its own."""


class Monitor:
    """What a service hands its watchers out from."""

    def __init__(
        self,
        stream: Stream,
        events: EventService,
        clock: Clock,
        ring_bytes: int,
        events_per_second: float | None,
    ) -> None:
        self.counters = MonitorCounters()
        self._stream = stream
        self._events = events
        self._clock = clock
        self._ring_bytes = ring_bytes
        self._events_per_second = events_per_second
        self._hub: Hub | None = None
        self._feeding: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        stream: Stream,
        events: EventService,
        *,
        clock: Clock | None = None,
        ring_bytes: int = RING_BYTES,
        events_per_second: float | None = None,
    ) -> Monitor:
        """Begin to follow the log, from its newest event on.

        ``events_per_second`` limits each connection (``runtime.monitor.pace``).
        """
        monitor = cls(stream, events, clock or Clock(), ring_bytes, events_per_second)
        hub = monitor._hub = monitor._new_hub(await events.head())
        monitor._feeding = asyncio.get_running_loop().create_task(monitor._feed(hub))
        return monitor

    @property
    def hub(self) -> Hub:
        """The hub that serves new connections."""
        if self._hub is None:
            raise RuntimeError("the monitor has not been opened")
        return self._hub

    def position(self) -> EventPosition:
        """Return how far the stream has got in this process.

        Whatever is read from the database after this call shows everything up to there.
        """
        return EventPosition(self.hub.epoch, self.hub.position)

    async def state(self) -> MonitorState:
        """Tell how the stream stands."""
        hub = self.hub
        behind: float = math.nan
        with suppress(Exception):
            # The database is away, which is told elsewhere.
            async with asyncio.timeout(STATE_SECONDS):
                behind = max((await self._events.head()).position - hub.position, 0)
        return MonitorState(
            position=hub.position,
            behind=behind,
            groups=hub.groups,
            lagging=len(hub.lagging),
            ring_bytes=hub.ring.bytes,
        )

    def join(self, claims: Claims, selection: Selection = ALL) -> Watcher:
        """Serve a connection with what its bearer may see and wants to see.

        From here on, or from the position that it comes back with.
        """
        # What its bearer changed just before is not news to it.
        self._events.flush()
        return self.hub.join(claims, selection)

    async def close(self) -> None:
        """Tell every connection to come back later, and follow no more."""
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
        self.hub.close()

    async def _feed(self, hub: Hub) -> None:
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(Lagging(hub, self._events).run())
                    tasks.create_task(Waking(hub).run())
                    tasks.create_task(self._events.follow(hub.position, hub.deliver))
                    tasks.create_task(self._keep_to_the_log(hub))
            except* AnotherLog:
                _log.warning("monitor.another_log", stream=self._stream.name)
                self.counters.other_logs += 1
            except* Exception:
                _log.exception("monitor.feed_failed", stream=self._stream.name)
                self.counters.restarts += 1
            # Connections of a hub that goes on without an event would never know of it; told to
            # come back, they learn whether they have to load again.
            hub.close()
            hub = self._hub = await self._begin_again()

    async def _begin_again(self) -> Hub:
        while True:
            try:
                return self._new_hub(await self._events.head())
            except Exception as error:
                _log.warning("monitor.waits", stream=self._stream.name, reason=type(error).__name__)
            await asyncio.sleep(RESTART_SECONDS)

    async def _keep_to_the_log(self, hub: Hub) -> None:
        """See whether an older state of the database was restored while we serve it.

        Raises:
            AnotherLog: It was, or somebody began a new epoch after it had been.
        """
        while True:
            await asyncio.sleep(LOG_SECONDS)
            delivered = hub.position
            try:
                head = await self._events.head()
            except Exception:
                # Whoever follows the log tells of a database that is away.
                continue
            if head.epoch != hub.epoch or head.position < delivered:
                raise AnotherLog

    def _new_hub(self, head: EventPosition) -> Hub:
        return Hub(
            self._stream,
            head,
            clock=self._clock,
            counters=self.counters,
            ring_bytes=self._ring_bytes,
            events_per_second=self._events_per_second,
        )
