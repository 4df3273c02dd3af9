"""The log of events on a terminal, read from the database: nobody's sight narrows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from generated.storage.publisher import PUBLISHER
from runtime.database.engine import Database
from runtime.events.counters import EventCounters
from runtime.events.event import StoredEvent
from runtime.events.follower import EventsMissing, Follower
from runtime.events.log import EventLog
from service.visible import visible

LOOK_SECONDS: Final = 0.5
"""How often the table is looked at."""

Show = Callable[[StoredEvent], str]


async def tail(
    database: Database, tell: Callable[[str], None], show: Show, after: int | None = None
) -> None:
    """Tell of every event after a position, without end; of new ones only when none is given.

    Where events have been removed already, it says which, and goes on with the oldest there is.
    """
    log = EventLog(database, PUBLISHER.stream)
    if after is None:
        after = (await log.head()).position
    while True:
        follower = Follower(
            log,
            after,
            lambda event: tell(show(event)),
            silence=lambda: LOOK_SECONDS,
            counters=EventCounters(),
        )
        try:
            await follower.run()
        except EventsMissing as missing:
            tell(f"events {missing.expected} to {missing.found - 1} have been removed")
            after = missing.found - 1


def line(event: StoredEvent) -> str:
    """Say in one line when what happened to what, and by whom."""
    return visible(
        f"{event.position:>8}  {event.recorded_at:%Y-%m-%dT%H:%M:%SZ}  {event.tag:<31}"
        f" {event.subject or '-'}  {event.operation} by {event.actor or 'nobody in particular'}"
    )


def document(event: StoredEvent) -> str:
    """Return an event whole, as one line of JSON."""
    return json.dumps(
        {
            "position": event.position,
            "time": f"{event.recorded_at:%Y-%m-%dT%H:%M:%SZ}",
            "type": event.tag,
            "subject": event.subject,
            "operation": event.operation,
            "actor": event.actor,
            "value": json.loads(event.payload),
        }
    )
