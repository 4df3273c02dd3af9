"""On PostgreSQL: one statement, and so one round trip."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.events.counter.batch import Batch

_APPEND: Final = """
WITH counter AS (
    UPDATE event_stream SET position = position + $2::bigint WHERE name = $1::text
    RETURNING position
)
INSERT INTO event (stream, position, tag, subject, payload, actor, operation, recorded_at)
SELECT $1::text, counter.position - $2::bigint + new.number,
    new.tag, new.subject, new.payload, $6::text, $7::text, $8::timestamp
FROM counter, unnest($3::text[], $4::text[], $5::bytea[])
    WITH ORDINALITY AS new (tag, subject, payload, number)
RETURNING position
"""


async def append(connection: AsyncConnection, batch: Batch) -> int | None:
    """Write events at the next positions; ``None`` if the stream has no row."""
    values = (
        batch.stream,
        len(batch.events),
        [event.tag for event in batch.events],
        [event.subject for event in batch.events],
        [event.payload for event in batch.events],
        batch.actor,
        batch.operation,
        batch.moment,
    )
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if driver.is_closed() or not driver.is_in_transaction():
        # SQLAlchemy has words for a connection that is gone, and begins a transaction with its
        # first statement only.
        await connection.exec_driver_sql("SELECT 1")
    rows = await driver.fetch(_APPEND, *values)
    return max((row["position"] for row in rows), default=None)
