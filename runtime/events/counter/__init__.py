"""The last statements of a transaction: the next positions of a log, and events at them.

They are what every change pays for its events, and while they run no other writer of the log gets
a position.  So each engine has its own, which go past the ORM and, where that saves something, past
SQLAlchemy: on SQLite one call into the driver's thread, with the commit in it, on PostgreSQL one
statement, on MariaDB and MySQL one message of two statements.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.events.counter import mariadb, postgresql, sqlite
from runtime.events.counter.batch import Batch

_ENGINES: Final[Mapping[str, Callable[[AsyncConnection, Batch], Awaitable[int | None]]]] = {
    "sqlite": sqlite.append,
    "postgresql": postgresql.append,
    "mysql": mariadb.append,
}


async def append(connection: AsyncConnection, batch: Batch) -> int | None:
    """Write events at the next positions of their stream, and return the last of them.

    From here to the commit, which is to follow at once, no other writer of the stream gets a
    position; on SQLite it has been done.  ``None`` says that the stream has no row yet; nothing was
    written then.
    """
    try:
        return await _ENGINES[connection.dialect.name](connection, batch)
    except Exception:
        # SQLAlchemy has not seen it, and would use the connection again.
        await connection.invalidate()
        raise
