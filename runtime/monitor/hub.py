"""From one feed of events to every connection: groups of equal sight.  No socket, no waiting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from runtime.auth.claims import Claims
from runtime.events.event import EventPosition, StoredEvent
from runtime.monitor.clock import Clock
from runtime.monitor.counters import MonitorCounters
from runtime.monitor.frames import (
    NOTHING,
    Batch,
    BeatFrames,
    EventFrames,
    Frame,
    Reset,
    ResetFrames,
)
from runtime.monitor.pace import Pace
from runtime.monitor.ring import Ring
from runtime.monitor.sight import ALL, Selection, Sight
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import BATCH_EVENTS, Watcher

RING_BYTES: Final = 16 * 1024 * 1024
"""How far behind a connection may be, in bytes of events, before it is served from the table."""
TRIM: Final = 256
"""How many stale positions a group keeps before it forgets them in one go."""


class Due(NamedTuple):
    """What a connection is served next, and the position up to which it is served then."""

    batch: Batch
    served: int


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
        """Add an event that this group sees."""
        self._positions.append(position)
        stale = bisect_left(self._positions, self._ring.oldest)
        if stale > TRIM:
            self._forgotten = self._positions[stale - 1]
            del self._positions[:stale]

    def take_waiting(self) -> set[Watcher]:
        """Return who waits, and expect none of them any more."""
        waiting, self.waiting = self.waiting, set()
        return waiting

    def after(self, served: int, limit: int) -> Due | None:
        """Return what follows a position: an event if there is one, and about ``limit`` bytes.

        ``None`` if the ring may not have the first of it.
        """
        if served < self._forgotten:
            if served + 1 < self._ring.oldest:
                return None
            self._recall()
        first = bisect_right(self._positions, served)
        if first < len(self._positions) and self._positions[first] < self._ring.oldest:
            return None
        frames: list[Frame] = []
        for position in self._positions[first : first + BATCH_EVENTS]:
            frames.append(self._ring[position])
            limit -= len(frames[-1].payload)
            if limit <= 0:
                break
        if first + len(frames) < len(self._positions):
            return Due(Batch(frames), frames[-1].id.position)
        # What lies behind was filtered out: served as well.
        return Due(Batch(frames), max(served, self._ring.newest))

    def _recall(self) -> None:
        """List every position of the ring: somebody comes back to before this group began."""
        sees = self.sight.sees
        self._positions = [
            frame.id.position for frame in self._ring if sees(frame.tag, frame.subject)
        ]
        self._forgotten = self._ring.oldest - 1


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
        events_per_second: float | None = None,
    ) -> None:
        self.stream = stream
        self.clock = clock or Clock()
        self.counters = counters or MonitorCounters()
        self.epoch = head.epoch
        self.frames = EventFrames(head.epoch)
        self.ring = Ring(self.frames, head.position, ring_bytes)
        self.first = BeatFrames(stream.heartbeat.first, head.epoch)
        self.then = BeatFrames(stream.heartbeat.then, head.epoch)
        self.lagging: dict[Watcher, None] = {}
        """Connections that need the table, in the order in which they asked."""
        self.on_lag: Callable[[], None] = lambda: None
        """Called when one more does."""
        self.due: deque[Watcher] = deque()
        """Connections that waited, have something due, and have not been told."""
        self.on_due: Callable[[], None] = self._tell_all
        """Called when there are more of them; by itself the hub tells them at once."""
        self._made: dict[tuple[Group, int, int], Due | None] | None = None
        """What is due to some of those who are told right now; nothing more can happen meanwhile."""
        self.closed = False
        """Whether connections are told to come back later."""
        self._events_per_second = events_per_second
        self._groups: dict[Sight, Group] = {}
        self._resets = ResetFrames(stream.reset, head.epoch) if stream.reset else None

    @property
    def position(self) -> int:
        """The newest position delivered."""
        return self.ring.newest

    @property
    def groups(self) -> int:
        """How many different sights the connections have."""
        return len(self._groups)

    def join(self, claims: Claims, selection: Selection = ALL) -> Watcher:
        """Serve a connection, with what its bearer may see, until its right ends.

        It is served from here on, or from the position that it comes back with.  One that cannot
        be honoured is answered with a reset, never with a refusal.
        """
        sight = Sight.of(claims.attributes, self.stream, selection)
        group = self._groups.get(sight)
        if group is None:
            group = self._groups[sight] = Group(sight, self.ring)
        watcher = Watcher(self, group, claims.expires_at)
        group.members.add(watcher)
        if selection.after is not None and self.stream.resume:
            self._bring_back(watcher, selection.after)
        if self.closed:
            watcher.close()
        self.counters.joined += 1
        self.counters.watching += 1
        return watcher

    def new_pace(self) -> Pace | None:
        """Return the pace of one connection; ``None`` where it is not limited."""
        if self._events_per_second is None:
            return None
        return Pace(self._events_per_second, self.clock.monotonic())

    def remove(self, watcher: Watcher, group: Group) -> None:
        """Serve a connection no more."""
        group.members.discard(watcher)
        group.waiting.discard(watcher)
        self.lagging.pop(watcher, None)
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
                self.due += group.take_waiting()
        if self.due:
            self.on_due()

    def tell(self, most: int) -> int:
        """Tell so many connections, at most, that something is due; return how many that were."""
        told = min(most, len(self.due))
        self._made = {}
        try:
            for _ in range(told):
                self.due.popleft().call()
        finally:
            self._made = None
        return told

    def after(self, group: Group, served: int, limit: int) -> Due | None:
        """Return what follows a position for a group: see :meth:`Group.after`.

        It is made once for those who are told one after the other: a crowd that has been served up
        to the same position.
        """
        if self._made is None:
            return group.after(served, limit)
        wanted = group, served, limit
        if wanted not in self._made:
            self._made[wanted] = group.after(served, limit)
        return self._made[wanted]

    def _tell_all(self) -> None:
        self.tell(len(self.due))

    def lag(self, watcher: Watcher) -> None:
        """Let a connection be served from the table."""
        self.counters.lagged += 1
        self.lagging[watcher] = None
        self.on_lag()

    def reset(self, reason: Reset, position: int) -> Batch:
        """Make the frame that tells of a reset, if the design has an event for it."""
        self.counters.resets[reason] += 1
        return Batch([self._resets.at(reason, position)]) if self._resets else NOTHING

    def _bring_back(self, watcher: Watcher, after: str) -> None:
        try:
            asked = EventPosition.parse(after)
        except ValueError:
            # To come back with this is answered with a reset too.
            watcher.come_back(EventPosition(0, 0))
            watcher.reset(Reset.MALFORMED)
            return
        watcher.come_back(asked)
        if asked.epoch != self.epoch:
            watcher.reset(Reset.OTHER_EPOCH)

    def close(self) -> None:
        """Give every connection what is due to it, and then an end."""
        self.closed = True
        for group in list(self._groups.values()):
            for watcher in list(group.members):
                watcher.close()
