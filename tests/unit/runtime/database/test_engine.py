from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import JSON, Boolean, Column, LargeBinary, MetaData, Table, Text, Uuid, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from runtime.database import limits, mariadb, postgresql, sqlite
from runtime.database.address import UnsupportedDatabase
from runtime.database.engine import Database, NestedTransaction
from runtime.database.failures import passing
from runtime.database.migrate import create_tables
from runtime.database.opening import CannotOpen
from runtime.database.types import UTCDateTime
from tests.servers.database_server import DatabaseServer
from tests.unit.runtime.waiting import until

pytestmark = pytest.mark.engines
THINGS = MetaData()
THING = Table(
    "thing",
    THINGS,
    Column("moment", UTCDateTime),
    Column("id", Uuid),
    Column("bytes", LargeBinary),
    Column("json", JSON),
    Column("no_json", JSON(none_as_null=True)),
    Column("text", Text),
    Column("flag", Boolean),
)
on_servers = pytest.mark.engines("postgresql", "mariadb")


async def insert(database: Database, name: str) -> None:
    writing = await database.begin_write()
    try:
        await writing.session.execute(
            text("INSERT INTO fish (name) VALUES (:name)"), {"name": name}
        )
        await writing.commit()
    finally:
        await writing.end()


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT name FROM fish"))).scalars())


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "oracle://x/y",
        "postgresql+psycopg://x/y",
        "mariadb://host",
        "nonsense",
    ],
)
async def test_what_it_does_not_run_on_is_refused(url: str) -> None:
    with pytest.raises(UnsupportedDatabase, match="must be sqlite"):
        await Database.open(url)


async def test_a_file_that_cannot_be_opened_fails_at_once(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match=r"missing/pond\.db: unable to open"):
        await Database.open(f"sqlite:///{tmp_path / 'missing' / 'pond.db'}")
    # The driver leaves its thread to end by itself, and that wants to tell our loop of it.
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 30)


@on_servers
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"database": "nowhere"}, "there is no database 'nowhere'"),
        ({"username": "stranger"}, "does not let 'stranger' into"),
        ({"password": "wr0ng-s3cret"}, "does not let 'archivist' into"),
        ({"port": 1}, "cannot reach"),
        ({"host": "no.such.host.invalid"}, "cannot reach"),
    ],
)
async def test_why_a_server_does_not_let_us_in_is_said_without_a_secret(
    empty_database_url: str, changed: dict[str, Any], said: str
) -> None:
    url = make_url(empty_database_url).set(**changed).render_as_string(hide_password=False)
    with pytest.raises(CannotOpen, match=said) as caught:
        await Database.open(url)
    assert "cret" not in str(caught.value)


@contextmanager
def holding_the_lock(file: Path) -> Iterator[sqlite3.Connection]:
    """Write to a file that has no write-ahead log yet."""
    connection = sqlite3.connect(file, isolation_level=None)
    with closing(connection):
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@pytest.mark.engines("sqlite")
async def test_who_opens_a_new_file_waits_for_another_that_writes_to_it(tmp_path: Path) -> None:
    file = tmp_path / "pond.db"
    with holding_the_lock(file) as connection:
        opening = asyncio.create_task(Database.open(f"sqlite:///{file}"))
        await asyncio.wait([opening], timeout=0.3)
        assert not opening.done()
        connection.execute("COMMIT")
        await (await opening).close()


@pytest.mark.engines("sqlite")
async def test_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    with holding_the_lock(tmp_path / "pond.db"), pytest.raises(CannotOpen, match="locked"):
        await Database.open(f"sqlite:///{tmp_path / 'pond.db'}")


async def test_what_is_committed_is_read_by_others(database: Database) -> None:
    await insert(database, "perch")
    assert await names(database) == ["perch"]


async def test_what_is_not_committed_is_gone(database: Database) -> None:
    writing = await database.begin_write()
    await writing.session.execute(text("INSERT INTO fish (name) VALUES ('perch')"))
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
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            await session.execute(text("DELETE FROM fish"))


@pytest.mark.engines("sqlite")
async def test_who_has_to_wait_for_a_turn_is_counted(database: Database) -> None:
    counters = database.counters
    most = {"sqlite": sqlite.WRITERS}.get(database.name, limits.WRITERS)
    tasks = [asyncio.create_task(database.begin_write()) for _ in range(most)]
    held = await asyncio.gather(*tasks)
    assert (counters.written, counters.writing, counters.waited) == (most, most, 0)
    last = asyncio.create_task(database.begin_write())
    await until(lambda: counters.waited == 1)
    for writing in held:
        await writing.end()
    await (await last).end()
    assert (counters.written, counters.writing) == (most + 1, 0)
    assert counters.waited_seconds > 0


# Elsewhere as many are let in at once, and which of them has its connection first is the server's.
@pytest.mark.engines("sqlite")
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


@pytest.mark.engines("sqlite")
async def test_a_writer_cancelled_while_it_waits_lets_the_next_one_in(database: Database) -> None:
    writing = await database.begin_write()
    waiting = asyncio.create_task(database.begin_write())
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await writing.end()
    async with asyncio.timeout(2):
        await insert(database, "perch")


@pytest.mark.engines("sqlite")
async def test_a_writer_cancelled_while_another_process_writes_lets_the_next_one_in(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.5)
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
    await writing.session.execute(text("INSERT INTO fish (name) VALUES ('perch')"))
    await writing.commit()
    await writing.end()
    await closing
    again = await Database.open(database_url)
    assert await names(again) == ["perch"]
    await again.close()


async def test_what_is_stored_comes_back_as_it_was(database_url: str, database: Database) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-7)))
    values = {
        "moment": moment,
        "id": uuid4(),
        "bytes": bytes(range(256)),
        "json": {"null": None, "text": "日本 \U0001f41f", "numbers": [1, 2.5, 2**53]},
        "no_json": None,
        "text": "a\\b'c\"d%s%%:x_ \U0001f41f",
        "flag": True,
    }
    await create_tables(database_url, [THINGS])
    writing = await database.begin_write()
    await writing.session.execute(THING.insert().values(values))
    await writing.commit()
    await writing.end()
    async with database.read() as session:
        row = (await session.execute(THING.select())).one()
    assert row._asdict() == values
    assert row.moment.tzinfo is UTC


async def test_texts_differ_by_case_by_accent_and_by_kind(database: Database) -> None:
    for name in ("pike", "Pike", "pikë", "\U0001f41f", "\U0001f420"):
        await insert(database, name)
    async with database.read() as session:
        found = await session.execute(text("SELECT name FROM fish WHERE name = 'pike'"))
        assert list(found.scalars()) == ["pike"]
        fish = text("SELECT name FROM fish WHERE name = :name")
        found = await session.execute(fish, {"name": "\U0001f41f"})
        assert list(found.scalars()) == ["\U0001f41f"]


@on_servers
async def test_a_value_that_does_not_fit_is_refused_and_never_cut(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await insert(database, "x" * 65)
    assert await names(database) == []


@on_servers
async def test_a_connection_that_the_server_closed_is_replaced_unseen(
    database: Database, database_server: DatabaseServer
) -> None:
    await insert(database, "perch")
    assert await names(database) == ["perch"]
    await asyncio.to_thread(database_server.stop)
    await asyncio.to_thread(database_server.start)
    await insert(database, "pike")
    assert sorted(await names(database)) == ["perch", "pike"]


@on_servers
async def test_while_the_server_is_away_everything_fails_as_something_that_passes(
    database: Database, database_server: DatabaseServer
) -> None:
    writing = await database.begin_write()
    await writing.session.execute(text("INSERT INTO fish (name) VALUES ('perch')"))
    await asyncio.to_thread(database_server.kill)
    with pytest.raises(DBAPIError) as committing:
        await writing.commit()
    await writing.end()
    with pytest.raises(Exception) as beginning:  # noqa: PT011 - each driver has its own
        await insert(database, "pike")
    with pytest.raises(Exception) as reading:  # noqa: PT011 - each driver has its own
        await names(database)
    for caught in (committing, beginning, reading):
        assert passing(caught.value)
    await asyncio.to_thread(database_server.start)
    assert await names(database) == []
    await insert(database, "pike")


@on_servers
async def test_a_writer_that_stands_still_lets_the_others_go_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in (postgresql, mariadb):
        monkeypatch.setattr(engine, "STILL_SECONDS", 1.0)
    database = await Database.open(database_url)
    await insert(database, "perch")
    change = text("UPDATE fish SET weight = 2 WHERE name = 'perch'")
    still = await database.begin_write()
    await still.session.execute(change)

    async def other() -> None:
        writing = await database.begin_write()
        await writing.session.execute(change)
        await writing.commit()
        await writing.end()

    async with asyncio.timeout(5):
        await asyncio.create_task(other())
    with pytest.raises(DBAPIError) as caught:
        await still.commit()
    await still.end()
    assert passing(caught.value)
    await database.close()


@on_servers
async def test_a_deadlock_ends_one_of_the_two_and_passes(database: Database) -> None:
    await insert(database, "perch")
    await insert(database, "pike")
    both = asyncio.Barrier(2)

    async def change(first: str, second: str) -> None:
        writing = await database.begin_write()
        try:
            for name in (first, second):
                await writing.session.execute(
                    text("UPDATE fish SET weight = 2 WHERE name = :name"), {"name": name}
                )
                if name == first:
                    await both.wait()
            await writing.commit()
        finally:
            await writing.end()

    outcomes = await asyncio.gather(
        change("perch", "pike"), change("pike", "perch"), return_exceptions=True
    )
    [failure] = [outcome for outcome in outcomes if outcome is not None]
    assert passing(failure)


@on_servers
async def test_writers_go_side_by_side_and_no_more_of_them_than_there_are_connections(
    database: Database,
) -> None:
    writings = [await asyncio.create_task(database.begin_write()) for _ in range(limits.WRITERS)]
    waiting = asyncio.create_task(insert(database, "perch"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await writings.pop().end()
    await waiting
    for writing in writings:
        await writing.end()
