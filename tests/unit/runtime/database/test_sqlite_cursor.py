"""SQLite's cursor: one call into the driver's thread for each statement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.database.engine import Database


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    database = await Database.open(f"sqlite:///{tmp_path / 'shelf.db'}")
    writing = await database.begin_write()
    await writing.connection.exec_driver_sql(
        "CREATE TABLE shelf (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"
    )
    yield writing.connection
    await writing.end()
    await database.close()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the driver's thread is asked from now on."""
    made: list[object] = []
    usual: Any = aiosqlite.Connection._execute

    async def counting(self: aiosqlite.Connection, work: Any, *values: Any, **named: Any) -> Any:
        made.append(work)
        return await usual(self, work, *values, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counting)
    return made


async def add(connection: AsyncConnection, *names: str) -> Any:
    statement = text("INSERT INTO shelf (name) VALUES (:name)")
    return await connection.execute(statement, [{"name": name} for name in names])


async def test_a_statement_is_one_call(connection: AsyncConnection, calls: list[object]) -> None:
    await connection.execute(text("INSERT INTO shelf (name) VALUES ('a')"))
    assert len(calls) == 1
    await add(connection, "b", "c")
    assert len(calls) == 2
    found = await connection.execute(text("SELECT id, name FROM shelf ORDER BY id"))
    assert [tuple(row) for row in found] == [(1, "a"), (2, "b"), (3, "c")]
    assert len(calls) == 3


async def test_it_tells_columns_numbers_and_the_last_row(connection: AsyncConnection) -> None:
    added = await connection.execute(text("INSERT INTO shelf (name) VALUES ('a')"))
    assert added.lastrowid == 1
    assert not added.returns_rows
    await add(connection, "b", "c")
    changed = await connection.execute(text("UPDATE shelf SET name = name || '!' WHERE id > 1"))
    assert changed.rowcount == 2
    found = await connection.execute(text("SELECT name FROM shelf WHERE id = 9"))
    assert list(found.keys()) == ["name"]
    assert found.all() == []


async def test_rows_are_fetched_one_by_one_and_some_at_a_time(connection: AsyncConnection) -> None:
    await add(connection, *"abcdef")
    raw: Any = (await connection.get_raw_connection()).dbapi_connection

    def fetched(_: object) -> list[object]:
        cursor = raw.cursor()
        cursor.execute("SELECT name FROM shelf ORDER BY id")
        rows = [cursor.fetchone(), *cursor.fetchmany(), *cursor.fetchmany(2)]
        cursor.close()
        return [*rows, cursor.fetchone()]

    assert await connection.run_sync(fetched) == [("a",), ("b",), ("c",), ("d",), None]


async def test_what_sqlite_refuses_is_an_error_of_its_kind(connection: AsyncConnection) -> None:
    await add(connection, "a")
    with pytest.raises(IntegrityError, match="UNIQUE"):
        await add(connection, "b", "a")
    with pytest.raises(OperationalError, match="no such table"):
        await connection.execute(text("SELECT 1 FROM cupboard"))
    assert await connection.scalar(text("SELECT count(*) FROM shelf")) == 2
