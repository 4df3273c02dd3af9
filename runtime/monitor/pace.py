"""How fast one connection is served, where that is limited, and what is passed over then."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from runtime.monitor.frames import Frame


class Pace:
    """Lets so many events through in a second; after a pause, up to a second's worth at once."""

    __slots__ = ("_at", "_left", "_most", "_per_second")

    def __init__(self, per_second: float, now: float) -> None:
        """Begin with a second's worth; ``now`` is in seconds on a scale that runs forward."""
        self._per_second = per_second
        self._most = max(per_second, 1.0)
        self._left = self._most
        self._at = now

    def allowance(self, now: float) -> int:
        """Return how many events may be sent now."""
        self._left = min(self._left + (now - self._at) * self._per_second, self._most)
        self._at = now
        # A hair less than one is one: the timer that waited for it counts in floats too.
        return int(self._left + 1e-6)

    def spend(self, events: int) -> None:
        """Note that events were sent."""
        self._left -= events

    def wait(self, now: float) -> float:
        """Return the seconds until one more may be sent; 0 if it may now."""
        if self.allowance(now):
            return 0.0
        return (1 - self._left) / self._per_second


def without_superseded(frames: Sequence[Frame], coalesced: Collection[str]) -> list[Frame]:
    """Leave out what the next event of the same entity makes old news.

    An event is left out only if its tag is one of ``coalesced`` (the design says that each of these
    carries all that the entity is by then), and if the very next event about the same subject has
    the same tag.  So whatever is created, or happens once, is always sent; nothing changes its
    order; and the last word about every entity is sent in its place.  What a client may miss is
    that an entity was something else in between.
    """
    next_tag: dict[str, str] = {}
    kept: list[Frame] = []
    for frame in reversed(frames):
        subject = frame.subject
        if subject is None:
            kept.append(frame)
            continue
        if frame.tag not in coalesced or next_tag.get(subject) != frame.tag:
            kept.append(frame)
        next_tag[subject] = frame.tag
    kept.reverse()
    return kept
