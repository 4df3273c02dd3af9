"""The database: readers side by side, writers one after the other where the engine wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool, PoolResetState

from runtime.database.completion import to_the_end

BUSY_SECONDS: Final = 5.0
"""How long a statement waits for another process's write lock before it fails."""


class UnsupportedDatabase(ValueError):
    """The database URL names an engine, or a kind of it, that this version does not run on."""


class NestedTransaction(RuntimeError):
    """A task asked for a second write transaction while it holds one; it would wait for itself."""


class Writing:
    """A write transaction in progress.

    ``end`` must be awaited whatever happens: it rolls back what was not committed and lets the
    next writer in.
    """

    def __init__(self, session: AsyncSession, turn: _Turn) -> None:
        self.session = session
        self._turn = turn

    async def commit(self) -> None:
        """Make the changes last."""
        await self.session.commit()

    async def end(self) -> None:
        """Roll back what was not committed, give the connection back, let the next writer in."""
        try:
            await self.session.close()
        finally:
            self._turn.release()


class Database:
    """An open database: reading sessions and write transactions."""

    def __init__(self, reader: AsyncEngine, writer: AsyncEngine) -> None:
        self._reader = reader
        self._writer = writer
        self._turn = _Turn()

    @classmethod
    async def open(cls, url: str) -> Database:
        """Connect, and fail here rather than at the first request.

        Args:
            url: ``sqlite+aiosqlite:///path/of/the/file``.

        Raises:
            UnsupportedDatabase: Another engine, or a database in memory, which no second
                connection could see.
        """
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
            raise UnsupportedDatabase("the database must be a file: sqlite+aiosqlite:///path")
        database = cls(
            reader=sqlite_engine(url, begin="BEGIN", pragmas={"query_only": "ON"}),
            writer=sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, max_overflow=0),
        )
        try:
            # The first connection must be a writer's: a reader cannot create the file.
            for engine in (database._writer, database._reader):
                async with engine.connect() as connection:
                    await connection.exec_driver_sql("SELECT 1")
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def url(self) -> str:
        """The URL, with any password: not for a log."""
        return self._writer.url.render_as_string(hide_password=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session that sees one snapshot, and cannot write."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def begin_write(self) -> Writing:
        """Wait for a turn and begin a write transaction, its lock held from the start.

        Raises:
            NestedTransaction: This task already holds one.
        """
        await self._turn.acquire()
        session = AsyncSession(self._writer, expire_on_commit=False)
        writing = Writing(session, self._turn)
        try:
            await session.connection()
        except BaseException:
            await to_the_end(writing.end())
            raise
        return writing

    async def close(self) -> None:
        """Wait for the writer that is in, then close every connection."""
        async with self._turn.lock:
            await self._writer.dispose()
            await self._reader.dispose()


class _Turn:
    """Whose turn it is to write: first come, first served.

    SQLite's own lock is taken by whoever asks at the right moment; under load somebody starves.
    """

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    async def acquire(self) -> None:
        if self._holder is not None and self._holder is asyncio.current_task():
            raise NestedTransaction("this task already holds a write transaction")
        await self.lock.acquire()
        self._holder = asyncio.current_task()

    def release(self) -> None:
        self._holder = None
        self.lock.release()


def sqlite_engine(
    url: str, *, begin: str, pragmas: dict[str, str] | None = None, **pool: Any
) -> AsyncEngine:
    """Make an engine whose transactions open with ``begin``.

    A transaction that reads and then writes must take the write lock before it reads: SQLAlchemy's
    default start lets two of them read the same value, and one update is lost without a word.
    """
    engine = create_async_engine(url, **pool)
    settings = {
        "busy_timeout": str(int(BUSY_SECONDS * 1000)),
        "journal_mode": "WAL",
        "synchronous": "NORMAL",
        "foreign_keys": "ON",
        **(pragmas or {}),
    }

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in settings.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        # One call into the driver's thread; through a cursor it would be three.
        connection.connection.run_async(lambda driver: driver.execute_fetchall(begin))

    @event.listens_for(engine.sync_engine, "reset")
    def reset(connection: Any, _record: object, state: PoolResetState) -> None:
        # A COMMIT that fails leaves SQLite's transaction open, and SQLAlchemy thinks it over.
        if state.asyncio_safe and connection.driver_connection.in_transaction:
            connection.rollback()

    return engine


def migration_engine(url: str) -> AsyncEngine:
    """Make an engine for changing the schema: SQLite rebuilds tables with foreign keys off."""
    return sqlite_engine(
        url, begin="BEGIN IMMEDIATE", pragmas={"foreign_keys": "OFF"}, poolclass=NullPool
    )
