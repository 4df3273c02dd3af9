"""Locks that one process at a time can hold, kept by the database that the processes share.

The server lets go of a lock when the connection that took it ends, however it ends.  So a lock is
held for as long as its connection lives; :meth:`ServerLock.held` tells whether it still does.
"""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.database.address import parse
from runtime.database.engine import migration_engine
from runtime.database.failures import passing
from runtime.database.opening import explain

_TAKE: Final = {
    "postgresql": text("SELECT pg_try_advisory_lock(:key)"),
    "mysql": text("SELECT GET_LOCK(:key, 0)"),
}
_STILL: Final = {
    "postgresql": text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND pid = pg_backend_pid() AND classid::bigint << 32 | objid::bigint = :key"
    ),
    "mysql": text("SELECT IS_USED_LOCK(:key) = CONNECTION_ID()"),
}
_HOLDER: Final = {
    "postgresql": text(
        "SELECT coalesce(host(client_addr), 'the same machine') || ', connection ' || pid"
        " FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND granted"
        " AND classid::bigint << 32 | objid::bigint = :key"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ),
    "mysql": text(
        "SELECT CONCAT(host, ', connection ', id) FROM information_schema.processlist"
        " WHERE id = IS_USED_LOCK(:key)"
    ),
}


class Lock(Protocol):
    """What one process at a time can hold."""

    async def acquire(self) -> bool:
        """Try to hold the lock, and tell whether that worked."""
        ...

    async def held(self) -> bool:
        """Ask whether the lock is still ours; once it is not, it has to be acquired anew."""
        ...

    async def holder(self) -> str:
        """Say who holds it, as far as that is known."""
        ...

    async def release(self) -> None:
        """Let go of the lock."""
        ...


class ServerLock:
    """A lock of a name on a PostgreSQL, MariaDB or MySQL database."""

    def __init__(self, url: str, name: str) -> None:
        """Take no lock yet.

        Args:
            url: The database; other databases of the same server have locks of their own.
            name: What the lock is for.

        Raises:
            UnsupportedDatabase: It is no server's.
        """
        self._engine = migration_engine(url)
        self._kind = self._engine.dialect.name
        self._key = {"key": _key(self._kind, f"{parse(url).database} {name}")}
        self._connection: AsyncConnection | None = None

    async def acquire(self) -> bool:
        """Try to hold the lock, and tell whether that worked.

        Raises:
            CannotOpen: The database cannot be reached, or does not let us in.
        """
        try:
            return await self._acquire()
        except Exception as error:
            if (explained := explain(error, self._engine.url)) is None:
                raise
            raise explained from error

    async def _acquire(self) -> bool:
        connection = await self._engine.connect()
        try:
            # Not in a transaction, which would lie open for as long as the lock is held.
            connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            taken = bool(await connection.scalar(_TAKE[self._kind], self._key))
        except BaseException:
            await connection.close()
            raise
        if taken:
            self._connection = connection
        else:
            await connection.close()
        return taken

    async def held(self) -> bool:
        """Ask whether the lock is still ours; once it is not, it has to be acquired anew."""
        if self._connection is None:
            return False
        try:
            still = bool(await self._connection.scalar(_STILL[self._kind], self._key))
        except Exception as error:
            if not passing(error):
                raise
            still = False
        if not still:
            await self.release()
        return still

    async def holder(self) -> str:
        """Say from where it is held, as far as the server tells."""
        async with self._engine.connect() as connection:
            return str(await connection.scalar(_HOLDER[self._kind], self._key) or "unknown")

    async def release(self) -> None:
        """Let go of the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # To close the connection is to let go.
            await connection.close()


def _key(kind: str, name: str) -> int | str:
    """Return what the server knows the lock by: a number on PostgreSQL, a word on MariaDB."""
    digest = hashlib.sha256(name.encode())
    if kind == "postgresql":
        return int.from_bytes(digest.digest()[:7], "big")
    return f"service {digest.hexdigest()[:32]}"
