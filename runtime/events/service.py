"""How events travel from a commit to every process that serves watchers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from runtime.events.counters import EventCounters
from runtime.events.event import EventPosition, StoredEvent

Deliver: TypeAlias = Callable[[StoredEvent], None]
"""Takes the next event, at once."""


class EventService(Protocol):
    """The feed of one log.

    The log in the database is the truth; whatever else an implementation uses only makes it fast.
    """

    counters: EventCounters

    @property
    def connected(self) -> bool:
        """Whether the doorbell works; without it events come later, but they come."""
        ...

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Ring the doorbell for committed events: at once, in the background, without failing."""
        ...

    def flush(self) -> None:
        """Have what was published in this process delivered now rather than in a moment.

        Of much, or while the table is read, a part still comes later.
        """
        ...

    async def follow(self, after: int, deliver: Deliver) -> None:
        """Deliver every event behind a position: once, in order, without end.

        What is published in this process is delivered within that very call, or a moment later where
        more of it comes together.

        Raises:
            EventsMissing: The table no longer has what comes next.
            Exception: What ``deliver`` raised.
        """
        ...

    async def head(self) -> EventPosition:
        """Return the newest position of the log."""
        ...

    async def read(self, after: int, limit: int) -> list[StoredEvent]:
        """Return events of the table that follow a position, in order, at most ``limit``."""
        ...

    async def close(self) -> None:
        """Let go of what connects processes."""
        ...
