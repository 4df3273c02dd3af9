"""MariaDB and MySQL: readers and writers side by side."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from runtime.database.freshness import keep_fresh
from runtime.database.limits import (
    CONNECT_SECONDS,
    LOCK_SECONDS,
    READER_SECONDS,
    READERS,
    STILL_SECONDS,
    WRITERS,
)

CHARACTER_SET: Final = "utf8mb4"
COLLATION: Final = "utf8mb4_bin"
"""Every text, compared as it is written: letters differ by case and by accent."""

_SESSION: Final = (
    f"SET NAMES {CHARACTER_SET} COLLATE {COLLATION}",
    "SET SESSION time_zone = '+00:00',"
    # A value that does not fit is refused rather than cut.
    " sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
)


def reader(url: URL) -> AsyncEngine:
    """Make an engine whose transactions see one snapshot, and cannot write."""
    engine = _engine(
        url,
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=READER_SECONDS,
    )
    keep_fresh(engine, _hung_up)
    return engine


def writer(url: URL) -> AsyncEngine:
    """Make an engine for transactions that take the locks they need as they go."""
    engine = _engine(
        url,
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        f"SET SESSION innodb_lock_wait_timeout = {int(LOCK_SECONDS)}"
        # MySQL has no such limit, and takes this for a comment.
        f" /*M!100300 , idle_transaction_timeout = {int(STILL_SECONDS)} */",
        pool_size=WRITERS,
        max_overflow=0,
    )
    keep_fresh(engine, _hung_up)
    return engine


def migrator(url: URL) -> AsyncEngine:
    """Make an engine for changing the schema, which may take its time."""
    return _engine(
        url,
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        # Or it would complain, past our logs, that a primary key cannot have a name.
        "SET SESSION max_error_count = 0",
        poolclass=NullPool,
    )


def _engine(url: URL, *session: str, **options: Any) -> AsyncEngine:
    connecting = {
        "charset": CHARACTER_SET,
        "connect_timeout": CONNECT_SECONDS,
        # Bytes are bytes, and never looked at as text.
        "binary_prefix": True,
    }
    engine = create_async_engine(url, connect_args=connecting, hide_parameters=True, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for statement in (*_SESSION, *session):
            cursor.execute(statement)
        cursor.close()

    return engine


def _hung_up(driver: Any) -> bool:
    return not driver.connected or bool(driver._stream_broken)
