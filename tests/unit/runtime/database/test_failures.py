"""Which failures are the database's, and which are ours."""

from __future__ import annotations

import resource
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from runtime.database.engine import Database
from runtime.database.failures import away
from runtime.database.opening import CannotOpen

pytestmark = pytest.mark.engines("sqlite")


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        ConnectionResetError(),
        TimeoutError(),
        socket.gaierror(),
        NoConnectionFree("no connection is free"),
        OperationalError("SELECT 1", {}, ConnectionRefusedError()),
        InterfaceError("SELECT 1", {}, Exception("connection is closed")),
    ],
    ids=repr,
)
def test_a_database_that_is_not_reached_is_away(error: Exception) -> None:
    assert away(error)


@pytest.mark.parametrize(
    "error", [FileNotFoundError(), PermissionError(), KeyError("uuid"), RuntimeError()]
)
def test_what_else_goes_wrong_is_not_its_doing(error: Exception) -> None:
    assert not away(error)


async def write(database: Database, *statements: str) -> None:
    writing = await database.begin_write()
    try:
        for statement in statements:
            await writing.session.execute(text(statement))
        await writing.commit()
    finally:
        await writing.end()


async def failure(database: Database, *statements: str) -> BaseException:
    with pytest.raises(OperationalError) as caught:
        await write(database, *statements)
    return caught.value


async def test_a_mistake_in_a_statement_is_ours(database: Database) -> None:
    assert not away(await failure(database, "SELECT * FROM nowhere"))


@pytest.fixture
def no_room() -> Iterator[None]:
    """SQLite may not make its file larger, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("no_room")
async def test_a_disk_that_takes_no_more_is_its_own(database: Database) -> None:
    blob = "INSERT INTO shelf VALUES (zeroblob(1000000))"
    assert away(await failure(database, "CREATE TABLE shelf (book BLOB)", blob))


async def test_a_lock_that_another_process_holds_too_long_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.database.sqlite.BUSY_SECONDS", 0)
    url = f"sqlite:///{tmp_path / 'pond.db'}"
    one, other = await Database.open(url), await Database.open(url)
    writing = await one.begin_write()
    try:
        with pytest.raises(sqlite3.OperationalError) as caught:
            await other.begin_write()
        assert away(caught.value)
    finally:
        await writing.end()
        await one.close()
        await other.close()


async def test_a_file_that_cannot_be_opened_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen):
        await Database.open(f"sqlite:///{tmp_path / 'none' / 'pond.db'}")


async def test_a_file_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for _ in range(10):
        with pytest.raises(CannotOpen):
            await Database.open(f"sqlite:///{tmp_path / 'none' / 'pond.db'}")
        left = set(threading.enumerate()) - before
        assert not [thread for thread in left if not thread.name.startswith("asyncio_")]
