"""A log in a real database, for what runs on one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from runtime.events import log as event_log
from runtime.events.log import EventLog
from tests.unit.runtime.pond import SCHEMA


@pytest.fixture
async def database_url(empty_database_url: str) -> str:
    """A database of this test's engine that holds the tables of the log, and fish."""
    await create_tables(empty_database_url, [event_log.metadata, SCHEMA])
    return empty_database_url


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
