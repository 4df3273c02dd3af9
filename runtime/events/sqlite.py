"""The last two statements before a commit, on SQLite; another engine gets a module like this one.

They go past SQLAlchemy, straight to the driver: each is one call into the driver's thread, where
SQLAlchemy makes three or four, and they are what every change pays for its events.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.events.event import StoredEvent

_ADVANCE: Final = (
    "UPDATE event_stream SET position = position + ? WHERE name = ? RETURNING position"
)
_INSERT: Final = (
    "INSERT INTO event"
    " (stream, position, tag, subject, payload, actor, operation, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


async def advance(connection: AsyncConnection, stream: str, by: int) -> int | None:
    """Advance the counter and return its new value, or ``None`` if the stream has no row yet.

    From here to the end of the transaction no other writer of the stream gets a position.
    """
    driver = await _driver(connection)
    rows = await driver.execute_fetchall(_ADVANCE, (by, stream))
    return rows[0][0] if rows else None


async def insert(connection: AsyncConnection, events: Sequence[StoredEvent]) -> None:
    """Write events at their positions."""
    driver = await _driver(connection)
    await driver.executemany(
        _INSERT,
        [
            (
                event.stream,
                event.position,
                event.tag,
                event.subject,
                event.payload,
                event.actor,
                event.operation,
                _written(event.recorded_at),
            )
            for event in events
        ],
    )


async def _driver(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


def _written(moment: datetime) -> str:
    """Return a moment as SQLAlchemy writes it on SQLite."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
