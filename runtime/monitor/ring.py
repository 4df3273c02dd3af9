"""The newest events of a stream, as many as fit into so many bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from runtime.events.event import StoredEvent
from runtime.monitor.frames import EventFrames, Frame

OVERHEAD: Final = 1024
"""What an event occupies beside its payload and what is made of it: an estimate, in bytes."""


class Ring:
    """A dense run of events, each with its frame; the oldest leave first.

    The newest always stays, however large it is.
    """

    def __init__(self, frames: EventFrames, after: int, capacity: int) -> None:
        """Begin empty behind a position; ``capacity`` is in bytes."""
        self._frames = frames
        self._capacity = capacity
        self._entries: deque[Frame] = deque()
        self.bytes = 0
        self.added = 0
        """Bytes of all payloads ever added."""
        self.oldest = after + 1
        """The oldest position held, or the next one if nothing is."""
        self.newest = after
        """The newest position ever added."""

    def append(self, event: StoredEvent) -> None:
        """Add the next event; old ones make room.

        Raises:
            ValueError: It does not follow the newest.
        """
        if event.position != self.newest + 1:
            raise ValueError(f"event {event.position} does not follow {self.newest}")
        self._entries.append(self._frames.of(event))
        self.bytes += _size(event.payload)
        self.added += len(event.payload)
        self.newest = event.position
        while self.bytes > self._capacity and len(self._entries) > 1:
            self.bytes -= _size(self._entries.popleft().payload)
            self.oldest += 1

    def __iter__(self) -> Iterator[Frame]:
        """Go through the frames, oldest first."""
        return iter(self._entries)

    def __getitem__(self, position: int) -> Frame:
        """Return the frame of a position from ``oldest`` to ``newest``."""
        if not self.oldest <= position <= self.newest:
            raise IndexError(position)
        return self._entries[position - self.oldest]


def _size(payload: bytes) -> int:
    # The payload is held up to three times: as bytes of the log, and within what each of the two
    # transports sends.
    return 3 * len(payload) + OVERHEAD
