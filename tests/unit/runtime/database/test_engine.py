from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from runtime.database import engine
from runtime.database.engine import Database, NestedTransaction, UnsupportedDatabase


async def insert(database: Database, name: str) -> None:
    writing = await database.begin_write()
    try:
        await writing.session.execute(text("INSERT INTO fish VALUES (:name, 1)"), {"name": name})
        await writing.commit()
    finally:
        await writing.end()


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT name FROM fish"))).scalars())


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "postgresql+asyncpg://x/y"]
)
async def test_what_it_does_not_run_on_is_refused(url: str) -> None:
    with pytest.raises(UnsupportedDatabase):
        await Database.open(url)


async def test_a_file_that_cannot_be_opened_fails_at_once(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'pond.db'}")


async def test_what_is_committed_is_read_by_others(database: Database) -> None:
    await insert(database, "perch")
    assert await names(database) == ["perch"]


async def test_what_is_not_committed_is_gone(database: Database) -> None:
    writing = await database.begin_write()
    await writing.session.execute(text("INSERT INTO fish VALUES ('perch', 1)"))
    await writing.end()
    assert await names(database) == []


async def test_a_reader_sees_one_snapshot_beside_a_writer(database: Database) -> None:
    async with database.read() as session:
        count = text("SELECT count(*) FROM fish")
        assert (await session.execute(count)).scalar_one() == 0
        await insert(database, "perch")
        assert (await session.execute(count)).scalar_one() == 0


async def test_a_reader_cannot_write(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(OperationalError, match="readonly"):
            await session.execute(text("DELETE FROM fish"))


async def test_writers_wait_for_their_turn_in_the_order_they_came(database: Database) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        writing = await database.begin_write()
        order.append(number)
        await asyncio.sleep(0.005)
        await writing.end()

    await asyncio.gather(*(write(number) for number in range(10)))
    assert order == list(range(10))


async def test_a_second_transaction_within_one_is_refused_rather_than_waited_for(
    database: Database,
) -> None:
    writing = await database.begin_write()
    with pytest.raises(NestedTransaction):
        await database.begin_write()
    await writing.end()
    await insert(database, "perch")


async def test_a_writer_cancelled_while_it_waits_lets_the_next_one_in(database: Database) -> None:
    writing = await database.begin_write()
    waiting = asyncio.create_task(database.begin_write())
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await writing.end()
    async with asyncio.timeout(2):
        await insert(database, "perch")


async def test_a_writer_cancelled_while_another_process_writes_lets_the_next_one_in(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.5)
    database = await Database.open(database_url)
    other = await Database.open(database_url)
    holding = await other.begin_write()
    waiting = asyncio.create_task(database.begin_write())
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await holding.end()
    async with asyncio.timeout(2):
        await insert(database, "perch")
    assert await names(database) == ["perch"]
    await other.close()
    await database.close()


async def test_closing_waits_for_the_writer_that_is_in(database_url: str) -> None:
    database = await Database.open(database_url)
    writing = await database.begin_write()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0.01)
    await writing.session.execute(text("INSERT INTO fish VALUES ('perch', 1)"))
    await writing.commit()
    await writing.end()
    await closing
    again = await Database.open(database_url)
    assert await names(again) == ["perch"]
    await again.close()
