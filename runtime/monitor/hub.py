"""From one feed of events to every connection: groups of equal sight.  No socket, no waiting."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final

from runtime.auth.claims import Claims
from runtime.clock import Clock
from runtime.events.event import EventPosition, StoredEvent
from runtime.monitor.batch import NOTHING, Batch
from runtime.monitor.counters import MonitorCounters
from runtime.monitor.frames import BeatFrames, EventFrames, Reset, ResetFrames
from runtime.monitor.group import Due, Group
from runtime.monitor.pace import Pace
from runtime.monitor.pieces import MANY, Pieces
from runtime.monitor.ring import Ring
from runtime.monitor.sight import ALL, Selection, Sight
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

RING_BYTES: Final = 16 * 1024 * 1024
"""How far behind a connection may be, in bytes of events, before it is served from the table."""
SHARED: Final = 0.25
"""Seconds for which a crowd that is told in parts is told of the same, and no more: what is due is put
together once for all who are told meanwhile."""
MADE: Final = 16
"""How much of what was put together is kept until more is seen, in batches."""


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
        many: int = MANY,
    ) -> None:
        """Begin behind a position; from ``many`` connections of one sight on they are served in pieces."""
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
        self.horizon = head.position
        """The newest position of the ring that connections see.  More may have been delivered."""
        self._advanced_at = self.clock.monotonic()
        self._many = many
        self._pieces = Pieces(self.ring)
        self._made: dict[tuple[Group, int, int], Due] = {}
        """What is due up to there, as far as somebody has taken it."""
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
        self._pieces.cut()
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
            self._pieces.forget(group)

    def deliver(self, event: StoredEvent) -> None:
        """Take the next event.  It becomes a frame only if somebody who sees it takes it.

        Raises:
            ValueError: It does not follow the one before.
        """
        self.ring.append(event)
        self._pieces.grow()
        self.counters.delivered += 1
        for group in self._groups.values():
            if group.sight.sees(event.tag, event.subject):
                group.append(event.position)
        if not self.due:
            self.advance()

    def advance(self) -> None:
        """Let connections see all that was delivered, and those be told who wait for it."""
        self._advanced_at = self.clock.monotonic()
        before, self.horizon = self.horizon, self.ring.newest
        if before == self.horizon:
            return
        self._pieces.show()
        self._made.clear()
        told = len(self.due)
        for group in self._groups.values():
            if group.waiting and group.has_news(before):
                self.due += group.take_waiting()
        if len(self.due) > told:
            self.on_due()

    def tell(self, most: int, seconds: float = math.inf) -> int:
        """Tell connections that something is due; return how many that were.

        At most so many, and no more after so many seconds.
        """
        began = self.clock.monotonic()
        if began >= self._advanced_at + SHARED:
            self.advance()
        told = 0
        while told < most and self.due:
            self.due.popleft().call()
            told += 1
            if self.clock.monotonic() >= began + seconds:
                break
        return told

    def after(self, group: Group, served: int, limit: int) -> Due | None:
        """Return what follows a position for a group, up to the horizon: an event if there is one, and
        about ``limit`` bytes.  ``None`` if the ring may not have the first of it.

        It is made once for those who have been served up to the same position.
        """
        wanted = group, served, limit
        due = self._made.get(wanted)
        if due is None and group.lists(served):
            if len(group.members) >= self._many:
                due = self._pieces.after(group, served, limit)
            due = due or group.between(served, self.horizon, limit)
            if len(self._made) == MADE:
                self._made.clear()
            self._made[wanted] = due
        return due

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
