"""SQLite: one file, many readers, one writer at a time."""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, PoolResetState

from runtime.database import sqlite_cursor

BUSY_SECONDS: Final = 5.0
"""How long a statement waits for another process's write lock before it fails."""
PAUSE_SECONDS: Final = 0.01
"""How long between two tries where SQLite does not wait by itself."""
LONG_LOG: Final = 8000
"""With how many pages of 4 KiB in the write-ahead log a writer brings them into the file by itself.
Most of them are there by then (``checkpoints``)."""
WRITERS: Final = 1
"""How many write transactions a process has at a time.

SQLite's own lock is taken by whoever asks at the right moment; under load somebody starves.
"""


def reader(url: URL) -> AsyncEngine:
    """Make an engine whose transactions see one snapshot, and cannot write."""
    return _engine(url, begin="BEGIN", pragmas={"query_only": "ON"})


def writer(url: URL) -> AsyncEngine:
    """Make an engine whose transactions hold the write lock from the start."""
    return _engine(url, begin="BEGIN IMMEDIATE", pool_size=WRITERS, max_overflow=0)


def migrator(url: URL) -> AsyncEngine:
    """Make an engine for changing the schema: SQLite rebuilds tables with foreign keys off."""
    return _engine(
        url, begin="BEGIN IMMEDIATE", pragmas={"foreign_keys": "OFF"}, poolclass=NullPool
    )


def _engine(
    url: URL, *, begin: str, pragmas: dict[str, str] | None = None, **pool: Any
) -> AsyncEngine:
    """Make an engine whose transactions open with ``begin``.

    A transaction that reads and then writes must take the write lock before it reads: SQLAlchemy's
    default start lets two of them read the same value, and one update is lost without a word.
    """
    engine = create_async_engine(url, hide_parameters=True, **pool)
    event.listen(engine.sync_engine, "do_connect", sqlite_cursor.connect)
    settings = {
        "busy_timeout": str(int(BUSY_SECONDS * 1000)),
        "synchronous": "NORMAL",
        "foreign_keys": "ON",
        "wal_autocheckpoint": str(LONG_LOG),
        **(pragmas or {}),
    }

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.run_async(lambda driver: driver._execute(_configure, driver._conn, settings))

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


def _configure(driver: sqlite3.Connection, settings: dict[str, str]) -> None:
    """Set up a connection, in its own thread."""
    _log_ahead(driver)
    for name, value in settings.items():
        driver.execute(f"PRAGMA {name}={value}")


def _log_ahead(driver: sqlite3.Connection) -> None:
    """Have the file written by way of a write-ahead log, which lets others read meanwhile."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # SQLite waits for nobody while it reads, as it does when it switches: processes that
            # start together on a new file would find it locked.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
