"""The connections of one sight, and what follows a position of theirs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from runtime.monitor.batch import Batch
from runtime.monitor.frames import Frame
from runtime.monitor.ring import Ring
from runtime.monitor.sight import Sight

if TYPE_CHECKING:
    from runtime.monitor.watcher import Watcher

BATCH_EVENTS: Final = 1024
"""How many events are handed out at once, however small.  Of a few hundred bytes each, fewer are as much
as a connection is given at once."""
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

    def has_news(self, after: int) -> bool:
        """Tell whether it sees an event that follows a position, or may: not all need be listed."""
        return self._forgotten > after or (bool(self._positions) and self._positions[-1] > after)

    def take_waiting(self) -> set[Watcher]:
        """Return who waits, and expect none of them any more."""
        waiting, self.waiting = self.waiting, set()
        return waiting

    def lists(self, served: int) -> bool:
        """See that what follows a position is listed; tell whether the ring has the first of it."""
        if served < self._forgotten:
            if served + 1 < self._ring.oldest:
                return False
            self._recall()
        first = bisect_right(self._positions, served)
        return first == len(self._positions) or self._positions[first] >= self._ring.oldest

    def frames(self, after: int, to: int) -> Iterator[Frame]:
        """Go through what follows one listed position, up to another."""
        first = bisect_right(self._positions, after)
        end = bisect_right(self._positions, to, first)
        return map(self._ring.__getitem__, self._positions[first:end])

    def between(self, served: int, horizon: int, limit: int) -> Due:
        """Return what follows one listed position, up to another: an event if there is one, and about
        ``limit`` bytes.
        """
        frames: list[Frame] = []
        for frame in self.frames(served, horizon):
            if limit <= 0 or len(frames) == BATCH_EVENTS:
                return Due(Batch(frames), frames[-1].id.position)
            frames.append(frame)
            limit -= len(frame.payload)
        # What lies behind was filtered out: served as well.
        return Due(Batch(frames), max(served, horizon))

    def _recall(self) -> None:
        """List every position of the ring: somebody comes back to before this group began."""
        sees = self.sight.sees
        self._positions = [
            frame.id.position for frame in self._ring if sees(frame.tag, frame.subject)
        ]
        self._forgotten = self._ring.oldest - 1
