"""From what was heard, in any order, to what is delivered: each position once, densely."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from runtime.events.event import StoredEvent

HELD: Final = 1000
"""How many events are held while others are missing before them; the table has the rest."""


class Order:
    """What has been delivered, and what may be next.  No clock, no table, no doorbell."""

    def __init__(self, after: int) -> None:
        self.position = after
        """The newest position delivered."""
        self._heard: dict[int, StoredEvent] = {}
        self.newest = after
        """The newest position known to exist."""

    def hear(self, events: Iterable[StoredEvent]) -> None:
        """Take note of events; what is known already changes nothing."""
        for event in events:
            self.newest = max(self.newest, event.position)
            if self.position < event.position <= self.position + HELD:
                self._heard[event.position] = event

    def next(self) -> StoredEvent | None:
        """Deliver the next event, if it is here."""
        event = self._heard.pop(self.position + 1, None)
        if event is not None:
            self.position = event.position
        return event

    @property
    def behind(self) -> bool:
        """Whether something newer exists than what has been delivered."""
        return self.position < self.newest
