"""On MariaDB and MySQL: two statements in one message, and so one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.database.opening import code_of
from runtime.events.counter.batch import Batch
from runtime.events.publisher import EncodedEvent

AT_ONCE: Final = 100
"""How many events one message carries: the server takes 16 MiB and no more."""

NULL_REFUSED: Final = 1048
"""What the server calls the attempt to write NULL where there must be a value."""

# LAST_INSERT_ID(x) is x, and has the server send it along with its "done".
_ADVANCE: Final = (
    "UPDATE event_stream SET position = LAST_INSERT_ID(position + %s) WHERE name = %s;"
)
_INSERT: Final = (
    "INSERT INTO event"
    " (stream, position, tag, subject, payload, actor, operation, recorded_at) VALUES "
)
# Without a row there is no position, and the whole message fails.
_NEXT: Final = (
    "(%s, (SELECT position FROM event_stream WHERE name = %s) - %s, %s, %s, %s, %s, %s, %s)"
)


async def append(connection: AsyncConnection, batch: Batch) -> int | None:
    """Write events at the next positions; ``None`` if the stream has no row."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    number = len(batch.events)
    cursor = driver.cursor()
    try:
        last = 0
        for start in range(0, number, AT_ONCE):
            events = batch.events[start : start + AT_ONCE]
            statement, values = _insertion(batch, events, behind=number - 1 - start)
            if start == 0:
                await cursor.execute(_ADVANCE + statement, (number, batch.stream, *values))
                last = cursor.lastrowid
                await cursor.nextset()
            else:
                await cursor.execute(statement, values)
    except Exception as error:
        if code_of(error) == NULL_REFUSED:
            return None
        raise
    finally:
        await cursor.close()
    return last


def _insertion(
    batch: Batch, events: Sequence[EncodedEvent], *, behind: int
) -> tuple[str, list[object]]:
    """Return a statement that inserts events, the first of them so far behind the counter."""
    values: list[object] = []
    for back, event in enumerate(events):
        values += (
            batch.stream,
            batch.stream,
            behind - back,
            event.tag,
            event.subject,
            event.payload,
            batch.actor,
            batch.operation,
            batch.moment,
        )
    return _INSERT + ",".join([_NEXT] * len(events)), values
