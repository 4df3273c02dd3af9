"""The database: readers side by side, writers as far as the engine lets them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Literal

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from runtime.database import limits, mariadb, postgresql, sqlite
from runtime.database.address import parse
from runtime.database.checkpoints import keep_log_short
from runtime.database.completion import to_the_end
from runtime.database.counters import DatabaseCounters
from runtime.database.opening import explain

EngineName = Literal["sqlite", "postgresql", "mariadb"]
"""MySQL goes by the name of MariaDB."""


class NestedTransaction(RuntimeError):
    """A task asked for a second write transaction while it holds one; it would wait for itself."""


@dataclass(frozen=True, slots=True)
class _Kind:
    name: EngineName
    engines: ModuleType
    writers: int
    upkeep: Callable[[URL, DatabaseCounters], Coroutine[Any, Any, None]] | None = None
    """What is to be done all the while it is open."""


_KINDS: Final[Mapping[str, _Kind]] = {
    "sqlite": _Kind("sqlite", sqlite, sqlite.WRITERS, keep_log_short),
    "postgresql": _Kind("postgresql", postgresql, limits.WRITERS),
    "mysql": _Kind("mariadb", mariadb, limits.WRITERS),
}


class Writing:
    """A write transaction in progress.

    ``end`` must be awaited whatever happens: it rolls back what was not committed and lets the
    next writer in.
    """

    connection: AsyncConnection
    """What the session works on, for what goes past it."""

    def __init__(self, session: AsyncSession, turns: _Turns, holder: asyncio.Task[Any]) -> None:
        self.session = session
        self._turns = turns
        self._holder = holder

    async def commit(self) -> None:
        """Make the changes last."""
        await self.session.commit()

    async def end(self) -> None:
        """Roll back what was not committed, give the connection back, let the next writer in."""
        try:
            await self.session.close()
        finally:
            self._turns.release(self._holder)


class Database:
    """An open database: reading sessions and write transactions."""

    def __init__(self, url: URL) -> None:
        kind = _KINDS[url.get_backend_name()]
        self.name: Final = kind.name
        self.counters = DatabaseCounters()
        self._url = url
        self._reader: AsyncEngine = kind.engines.reader(url)
        self._writer: AsyncEngine = kind.engines.writer(url)
        self._turns = _Turns(kind.writers, self.counters)
        self._kind = kind
        self._upkeep: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str) -> Database:
        """Connect, and fail here rather than at the first request.

        Args:
            url: ``sqlite:///path/of/the/file``, ``postgresql://user:password@host:port/name`` or
                ``mariadb://user:password@host:port/name``.

        Raises:
            UnsupportedDatabase: Another engine, or a database in memory.
            CannotOpen: It is not there, cannot be reached, or does not let us in.
        """
        parsed = parse(url)
        try:
            database = cls(parsed)
            await database._connect()
            if (upkeep := database._kind.upkeep) is not None:
                database._upkeep = asyncio.create_task(upkeep(parsed, database.counters))
        except Exception as error:
            if (explained := explain(error, parsed)) is None:
                raise
            raise explained from error
        return database

    @property
    def url(self) -> str:
        """The URL, with any password: not for a log."""
        return self._url.render_as_string(hide_password=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session that sees one snapshot, and cannot write."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def begin_write(self) -> Writing:
        """Wait for a turn and begin a write transaction.

        On SQLite it holds the write lock from the start.  Elsewhere writers go side by side and
        see what others have committed (READ COMMITTED): who reads a row in order to change it
        locks it as it reads (``with_for_update``), or changes it by compare and set.

        Raises:
            NestedTransaction: This task already holds one.
        """
        holder = await self._turns.acquire()
        session = AsyncSession(self._writer, expire_on_commit=False)
        writing = Writing(session, self._turns, holder)
        try:
            writing.connection = await session.connection()
        except BaseException:
            await to_the_end(writing.end())
            raise
        return writing

    async def close(self) -> None:
        """Wait for the writers that are in, then close every connection."""
        async with self._turns.all():
            if self._upkeep is not None:
                self._upkeep.cancel()
                await asyncio.gather(self._upkeep, return_exceptions=True)
            await self._dispose()

    async def _connect(self) -> None:
        try:
            # The first connection must be a writer's: a reader cannot create SQLite's file.
            for engine in (self._writer, self._reader):
                async with engine.connect() as connection:
                    await connection.exec_driver_sql("SELECT 1")
        except BaseException:
            await self._dispose()
            raise

    async def _dispose(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


class _Turns:
    """Whose turn it is to write: so many at a time, first come, first served."""

    def __init__(self, number: int, counters: DatabaseCounters) -> None:
        self._number = number
        self._counters = counters
        self._free = asyncio.Semaphore(number)
        self._holders: set[asyncio.Task[Any]] = set()

    async def acquire(self) -> asyncio.Task[Any]:
        task = asyncio.current_task()
        assert task is not None
        if task in self._holders:
            raise NestedTransaction("this task already holds a write transaction")
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        self._holders.add(task)
        self._counters.written += 1
        self._counters.writing += 1
        return task

    def release(self, holder: asyncio.Task[Any]) -> None:
        self._holders.discard(holder)
        self._counters.writing -= 1
        self._free.release()

    async def _wait(self) -> None:
        began = time.monotonic()
        self._counters.waited += 1
        try:
            await self._free.acquire()
        finally:
            self._counters.waited_seconds += time.monotonic() - began

    @asynccontextmanager
    async def all(self) -> AsyncIterator[None]:
        """Keep everybody out."""
        for _ in range(self._number):
            await self._free.acquire()
        try:
            yield
        finally:
            for _ in range(self._number):
                self._free.release()


def migration_engine(url: str) -> AsyncEngine:
    """Make an engine for changing the schema.

    Raises:
        UnsupportedDatabase: See :meth:`Database.open`.
    """
    parsed = parse(url)
    engine: AsyncEngine = _KINDS[parsed.get_backend_name()].engines.migrator(parsed)
    return engine
