"""SQLite's write-ahead log, brought into the database file while others write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from runtime.database import checkpoints
from runtime.database.engine import Database
from tests.unit.runtime.waiting import until

SIZE = 100_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shelf.db"


@pytest.fixture
async def database(file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(checkpoints, "SECONDS", 0.05)
    database = await Database.open(f"sqlite:///{file}")
    await write(database, "CREATE TABLE shelf (book BLOB)")
    yield database
    await database.close()


async def write(database: Database, statement: str) -> None:
    writing = await database.begin_write()
    try:
        await writing.session.execute(text(statement))
        await writing.commit()
    finally:
        await writing.end()


async def shelve(database: Database, size: int) -> None:
    await write(database, f"INSERT INTO shelf VALUES (zeroblob({size}))")


async def test_what_was_written_gets_into_the_file(database: Database, file: Path) -> None:
    await shelve(database, SIZE)
    await until(lambda: file.stat().st_size > SIZE)


async def test_who_writes_at_the_time_is_not_disturbed(database: Database, file: Path) -> None:
    await shelve(database, SIZE)
    writing = await database.begin_write()
    try:
        await writing.session.execute(text("DELETE FROM shelf"))
        await until(lambda: file.stat().st_size > SIZE)
        await writing.commit()
    finally:
        await writing.end()


async def test_a_file_that_is_gone_is_not_made_anew_and_one_that_is_back_is_found(
    database: Database, file: Path
) -> None:
    elsewhere = file.with_name("elsewhere.db")
    await asyncio.to_thread(file.rename, elsewhere)
    await shelve(database, SIZE)
    await asyncio.sleep(0.2)
    assert not await asyncio.to_thread(file.exists)
    await asyncio.to_thread(elsewhere.rename, file)
    await shelve(database, 1)
    await until(lambda: file.stat().st_size > SIZE)


async def test_nothing_is_done_once_it_is_closed(file: Path) -> None:
    before = asyncio.all_tasks()
    database = await Database.open(f"sqlite:///{file}")
    await database.close()
    assert asyncio.all_tasks() == before
