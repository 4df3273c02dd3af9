"""On SQLite: one call into the driver's thread, the commit included.

SQLAlchemy makes one for each statement, and each costs more than what it is for.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.events.counter.batch import Batch

_POSITION: Final = "SELECT position FROM event_stream WHERE name = ?"
_ADVANCE: Final = "UPDATE event_stream SET position = ? WHERE name = ? AND position = ?"
_INSERT: Final = (
    "INSERT INTO event"
    " (stream, position, tag, subject, payload, actor, operation, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


async def append(connection: AsyncConnection, batch: Batch) -> int | None:
    """Write events at the next positions, and commit; ``None`` if the stream has no row."""
    assert connection.sync_connection is not None
    # It is in use, so that nothing has to be awaited to get at it.
    driver: Any = connection.sync_connection.connection.driver_connection
    # What aiosqlite offers to everybody is one statement a call.
    last: int | None = await driver._execute(_append, driver._conn, batch)
    return last


def _append(driver: sqlite3.Connection, batch: Batch) -> int | None:
    """Do the work, in the driver's thread."""
    last = _advance(driver, batch)
    if last is None:
        return None
    # As SQLAlchemy writes a moment on SQLite.
    moment = batch.moment.isoformat(" ", "microseconds")
    driver.executemany(
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
    try:
        driver.execute("COMMIT")
    except sqlite3.Error:
        # Where it can be tried again SQLAlchemy will do so, and has words for what fails.
        if not driver.in_transaction:
            raise
    return last


def _advance(driver: sqlite3.Connection, batch: Batch) -> int | None:
    """Advance the stream, and return its newest position then.

    It is read only where it is not what the writer believes: at each step of a statement this thread gives
    the interpreter away, and waits until it gets it back.  With RETURNING it would be one statement, which
    takes longer than two.
    """
    newest, number = batch.newest, len(batch.events)
    while (
        newest is None
        or driver.execute(_ADVANCE, (newest + number, batch.stream, newest)).rowcount == 0
    ):
        # The write lock is held, so that nobody comes in between.
        row = driver.execute(_POSITION, (batch.stream,)).fetchone()
        if row is None:
            return None
        [newest] = row
    return newest + number
