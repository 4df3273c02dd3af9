"""A log in a real SQLite file, for what runs on one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.database.engine import Database, migration_engine
from runtime.events import log as event_log
from runtime.events.log import EventLog


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    """A SQLite file that holds the tables of the log, and nothing else."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'pond.db'}"
    engine = migration_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(event_log.metadata.create_all)
        await connection.exec_driver_sql("CREATE TABLE fish (name TEXT PRIMARY KEY, weight INT)")
    await engine.dispose()
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The open database."""
    database = await Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
def log(database: Database) -> EventLog:
    """The log of the pond."""
    return EventLog(database, "pond")
