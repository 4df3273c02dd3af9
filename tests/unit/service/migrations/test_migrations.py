"""The migrations: forward, back, and to exactly what the code has."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from runtime.database.engine import migration_engine
from runtime.database.migrate import EMPTY, HEAD, CannotMigrate, differences, migrate
from service.migrations.schema import NEWEST, SCHEMA, SCRIPTS
from tests.unit.service.migrations import first_rows

pytestmark = pytest.mark.engines


@pytest.fixture
def url(empty_database_url: str) -> str:
    return empty_database_url


async def tables(url: str) -> set[str]:
    engine = migration_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
    await engine.dispose()
    return found - {"alembic_version"}


async def test_the_migrations_lead_to_the_tables_that_the_code_has(url: str) -> None:
    await migrate(url, SCRIPTS, SCHEMA)
    assert await differences(url, SCHEMA) == []
    assert await tables(url) == {name for metadata in SCHEMA for name in metadata.tables}


async def test_the_migrations_lead_back_and_forward_again(url: str) -> None:
    await migrate(url, SCRIPTS, SCHEMA)
    await migrate(url, SCRIPTS, SCHEMA, EMPTY)
    assert await tables(url) == set()
    await migrate(url, SCRIPTS, SCHEMA)
    assert await differences(url, SCHEMA) == []


async def test_the_revision_that_the_service_takes_for_the_newest_is_it(url: str) -> None:
    await migrate(url, SCRIPTS, SCHEMA)
    engine = migration_engine(url)
    async with engine.connect() as connection:
        found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    await engine.dispose()
    assert found == NEWEST


async def test_what_is_kept_survives_every_step_forward_and_back(url: str) -> None:
    revisions = sorted(file.name[:4] for file in (SCRIPTS / "versions").glob("[0-9]*.py"))
    await migrate(url, SCRIPTS, SCHEMA, revisions[0])
    await first_rows.insert(url)
    for revision in (*revisions[1:], *reversed(revisions[:-1]), HEAD):
        await migrate(url, SCRIPTS, SCHEMA, revision)
        assert await first_rows.read(url) == first_rows.ROWS


async def test_an_empty_database_gets_at_once_what_the_migrations_lead_to(url: str) -> None:
    for _ in range(2):
        await migrate(url, SCRIPTS, SCHEMA, newest=NEWEST)
        assert await differences(url, SCHEMA) == []
        # From here on it is one like any other: every step leads back, and forward again.
        await migrate(url, SCRIPTS, SCHEMA, EMPTY)
        assert await tables(url) == set()
    await migrate(url, SCRIPTS, SCHEMA)
    assert await differences(url, SCHEMA) == []


async def test_a_table_of_ours_without_a_revision_is_not_taken_for_an_empty_database(
    url: str,
) -> None:
    engine = migration_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE aip (name VARCHAR(64))"))
    await engine.dispose()
    with pytest.raises(DBAPIError, match="aip"):
        await migrate(url, SCRIPTS, SCHEMA, newest=NEWEST)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("before", [True, False])
def test_a_start_with_nothing_to_migrate_does_without_alembic(url: str, before: bool) -> None:
    if before:
        asyncio.run(migrate(url, SCRIPTS, SCHEMA))
    again = f"""
import asyncio, sys
from service.migrations.schema import NEWEST, SCHEMA, SCRIPTS
from runtime.database.migrate import migrate
asyncio.run(migrate({url!r}, SCRIPTS, SCHEMA, newest=NEWEST))
assert not [name for name in sys.modules if name.split(".")[0] == "alembic"]
"""
    subprocess.run([sys.executable, "-c", again], check=True)


@pytest.mark.engines("sqlite")
def test_migrating_again_changes_nothing(url: str) -> None:
    asyncio.run(migrate(url, SCRIPTS, SCHEMA))
    file = Path(str(make_url(url).database))
    before = file.read_bytes()
    asyncio.run(migrate(url, SCRIPTS, SCHEMA))
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("newest", "said"), [(None, "database.migrated"), (NEWEST, "database.created")]
)
async def test_of_processes_that_start_together_one_migrates(
    url: str, newest: str | None, said: str
) -> None:
    with capture_logs() as logs:
        await asyncio.gather(*(migrate(url, SCRIPTS, SCHEMA, newest=newest) for _ in range(4)))
    assert [entry["event"] for entry in logs] == [said]
    assert await differences(url, SCHEMA) == []


async def test_a_database_of_a_later_version_is_left_alone(url: str) -> None:
    await migrate(url, SCRIPTS, SCHEMA)
    engine = migration_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(CannotMigrate, match="9999"):
        await migrate(url, SCRIPTS, SCHEMA)


@pytest.mark.parametrize("column", ["uuid", "object_key"])
async def test_the_engine_itself_keeps_identifiers_unique(url: str, column: str) -> None:
    await migrate(url, SCRIPTS, SCHEMA)
    engine = migration_engine(url)
    async with engine.connect() as connection:
        unique = await connection.run_sync(lambda each: inspect(each).get_unique_constraints("aip"))
    await engine.dispose()
    assert [column] in [constraint["column_names"] for constraint in unique]
