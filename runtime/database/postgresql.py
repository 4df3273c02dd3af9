"""PostgreSQL: readers and writers side by side."""

from __future__ import annotations

from typing import Any

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


def reader(url: URL) -> AsyncEngine:
    """Make an engine whose transactions see one snapshot, and cannot write."""
    engine = _engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=READER_SECONDS,
    ).execution_options(postgresql_readonly=True)
    keep_fresh(engine, _hung_up)
    return engine


def writer(url: URL) -> AsyncEngine:
    """Make an engine for transactions that take the locks they need as they go."""
    engine = _engine(
        url,
        {
            "lock_timeout": _milliseconds(LOCK_SECONDS),
            "idle_in_transaction_session_timeout": _milliseconds(STILL_SECONDS),
        },
        isolation_level="READ COMMITTED",
        pool_size=WRITERS,
        max_overflow=0,
    )
    keep_fresh(engine, _hung_up)
    return engine


def migrator(url: URL) -> AsyncEngine:
    """Make an engine for changing the schema, which may take its time."""
    return _engine(url, isolation_level="READ COMMITTED", poolclass=NullPool)


def _engine(url: URL, settings: dict[str, str] | None = None, **options: Any) -> AsyncEngine:
    connecting = {
        "timeout": CONNECT_SECONDS,
        "server_settings": {
            "application_name": "service",
            "timezone": "UTC",
            **(settings or {}),
        },
    }
    return create_async_engine(url, connect_args=connecting, hide_parameters=True, **options)


def _hung_up(driver: Any) -> bool:
    return bool(driver.is_closed())


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
