"""On SQLite: each call into the driver's thread is one, where SQLAlchemy makes three or four."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.events.counter.batch import Batch

_ADVANCE: Final = (
    "UPDATE event_stream SET position = position + ? WHERE name = ? RETURNING position"
)
_INSERT: Final = (
    "INSERT INTO event"
    " (stream, position, tag, subject, payload, actor, operation, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


async def append(connection: AsyncConnection, batch: Batch) -> int | None:
    """Write events at the next positions; ``None`` if the stream has no row."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    rows = await driver.execute_fetchall(_ADVANCE, (len(batch.events), batch.stream))
    if not rows:
        return None
    last: int = rows[0][0]
    # As SQLAlchemy writes a moment on SQLite.
    moment = batch.moment.isoformat(" ", "microseconds")
    await driver.executemany(
        _INSERT,
        [
            (
                batch.stream,
                position,
                event.tag,
                event.subject,
                event.payload,
                batch.actor,
                batch.operation,
                moment,
            )
            for position, event in enumerate(batch.events, last - len(batch.events) + 1)
        ],
    )
    return last
