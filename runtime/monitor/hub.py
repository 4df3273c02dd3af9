"""From one feed of events to every connection: groups of equal sight.  No socket, no waiting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from runtime.auth.claims import Claims
from runtime.events.event import EventPosition, StoredEvent
from runtime.monitor.clock import Clock
from runtime.monitor.counters import MonitorCounters
from runtime.monitor.frames import BeatFrames, EventFrames
from runtime.monitor.ring import Ring
from runtime.monitor.sight import ALL, Selection, Sight
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

RING_BYTES: Final = 16 * 1024 * 1024
"""How far behind a connection may be, in bytes of events, before it is too slow."""
TRIM: Final = 256
"""How many stale positions a group keeps before it forgets them in one go."""


class Group:
    """The connections of one sight, and the positions of the events they see."""

    def __init__(self, sight: Sight, ring: Ring) -> None:
        self.sight = sight
        self.members: set[Watcher] = set()
        self.waiting: set[Watcher] = set()
        """Members with nothing to do until something is due."""
        self._ring = ring
        self._positions: list[int] = []
        self._forgotten = ring.newest
        """The newest position that may have been one of these and is no longer listed."""

    def append(self, position: int) -> None:
        """Add an event that this group sees, and wake who waits."""
        self._positions.append(position)
        stale = bisect_left(self._positions, self._ring.oldest)
        if stale > TRIM:
            self._forgotten = self._positions[stale - 1]
            del self._positions[:stale]
        for watcher in list(self.waiting):
            watcher.call()

    def after(self, served: int, most: int) -> list[int] | None:
        """Return the positions to serve next, or ``None`` if the ring no longer has the first.

        Fewer than ``most`` are all there are.
        """
        if served < self._forgotten:
            return None
        first = bisect_right(self._positions, served)
        if first == len(self._positions):
            return []
        if self._positions[first] < self._ring.oldest:
            return None
        return self._positions[first : first + most]


class Hub:
    """One stream in one process: fed with events in order, watched by any number of connections."""

    def __init__(
        self,
        stream: Stream,
        head: EventPosition,
        *,
        clock: Clock | None = None,
        counters: MonitorCounters | None = None,
        ring_bytes: int = RING_BYTES,
    ) -> None:
        self.stream = stream
        self.clock = clock or Clock()
        self.counters = counters or MonitorCounters()
        self.ring = Ring(EventFrames(head.epoch), head.position, ring_bytes)
        self.first = BeatFrames(stream.heartbeat.first, head.epoch)
        self.then = BeatFrames(stream.heartbeat.then, head.epoch)
        self.closed = False
        """Whether connections are told to come back later."""
        self._groups: dict[Sight, Group] = {}

    @property
    def position(self) -> int:
        """The newest position delivered."""
        return self.ring.newest

    def join(self, claims: Claims, selection: Selection = ALL) -> Watcher:
        """Serve a connection from here on, with what its bearer may see, until its right ends."""
        sight = Sight.of(claims.attributes, self.stream, selection)
        group = self._groups.get(sight)
        if group is None:
            group = self._groups[sight] = Group(sight, self.ring)
        watcher = Watcher(self, group, claims.expires_at)
        group.members.add(watcher)
        self.counters.joined += 1
        self.counters.watching += 1
        return watcher

    def remove(self, watcher: Watcher, group: Group) -> None:
        """Serve a connection no more."""
        group.members.discard(watcher)
        group.waiting.discard(watcher)
        self.counters.watching -= 1
        if not group.members and self._groups.get(group.sight) is group:
            del self._groups[group.sight]

    def deliver(self, event: StoredEvent) -> None:
        """Take the next event.  It becomes a frame only if somebody who sees it takes it.

        Raises:
            ValueError: It does not follow the one before.
        """
        self.ring.append(event)
        self.counters.delivered += 1
        for group in self._groups.values():
            if group.sight.sees(event.tag, event.subject):
                group.append(event.position)

    def close(self) -> None:
        """Give every connection what is due to it, and then an end."""
        self.closed = True
        for group in list(self._groups.values()):
            for watcher in list(group.members):
                watcher.call()
