"""The events of one transaction, before they have positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from runtime.events.publisher import EncodedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Events of one stream, by one actor, in one operation, at one moment (aware)."""

    stream: str
    events: Sequence[EncodedEvent]
    actor: str
    operation: str
    recorded_at: datetime
    newest: int | None = None
    """The newest position of the stream, as far as its writer knows; others write too.  SQLite's engine
    begins there."""

    @property
    def moment(self) -> datetime:
        """The moment as the engines keep it: UTC, and naive."""
        return self.recorded_at.astimezone(UTC).replace(tzinfo=None)
