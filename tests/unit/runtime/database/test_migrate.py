from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table, Text, text

from runtime.database.engine import Database, migration_engine
from runtime.database.migrate import EMPTY, CannotMigrate, create_tables, differences, migrate

FIRST = '''
"""Ponds."""
revision = "0001"
down_revision = None

import sqlalchemy as sa
from alembic import op


def upgrade():
    op.create_table("pond", sa.Column("name", sa.String(64), primary_key=True))


def downgrade():
    op.drop_table("pond")
'''

SECOND = '''
"""Fish."""
revision = "0002"
down_revision = "0001"

import sqlalchemy as sa
from alembic import op


def upgrade():
    op.create_table(
        "fish",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("pond", sa.String(64), sa.ForeignKey("pond.name"), nullable=False),
    )
    rebuilt = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("pond", recreate=rebuilt) as pond:
        pond.add_column(sa.Column("depth", sa.Text))


def downgrade():
    op.drop_table("fish")
    with op.batch_alter_table("pond") as pond:
        pond.drop_column("depth")
'''

pytestmark = pytest.mark.engines

POND = MetaData()
Table("pond", POND, Column("name", String(64), primary_key=True), Column("depth", Text))
Table(
    "fish",
    POND,
    Column("name", String(64), primary_key=True),
    Column("pond", String(64), ForeignKey("pond.name"), nullable=False),
)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "first.py").write_text(FIRST)
    (versions / "second.py").write_text(SECOND)
    return versions.parent


@pytest.fixture
def url(empty_database_url: str) -> str:
    return empty_database_url


async def execute(url: str, *statements: str) -> None:
    engine = migration_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def test_an_empty_database_is_brought_to_the_newest_schema(scripts: Path, url: str) -> None:
    await migrate(url, scripts, [POND])
    assert await differences(url, [POND]) == []
    database = await Database.open(url)
    await database.close()


async def test_what_the_migrations_lack_is_told(scripts: Path, url: str) -> None:
    (scripts / "versions" / "second.py").unlink()
    await migrate(url, scripts, [POND])
    found = await differences(url, [POND])
    assert {change[0] for change in found} == {"add_table", "add_column"}


async def test_a_database_at_the_newest_schema_is_left_alone_and_quickly(
    scripts: Path, url: str
) -> None:
    await migrate(url, scripts, [POND])
    began = time.monotonic()
    await migrate(url, scripts, [POND])
    assert time.monotonic() - began < 0.2


async def test_data_survives_a_table_that_is_rebuilt(scripts: Path, url: str) -> None:
    shutil.move(scripts / "versions" / "second.py", scripts)
    await migrate(url, scripts, [POND])
    await execute(url, "INSERT INTO pond (name) VALUES ('mill')")
    shutil.move(scripts / "second.py", scripts / "versions")
    await migrate(url, scripts, [POND])
    await execute(url, "INSERT INTO fish (name, pond) VALUES ('perch', 'mill')")


# MariaDB commits after each statement that changes a table.
@pytest.mark.engines("sqlite", "postgresql")
async def test_a_migration_that_fails_leaves_the_schema_as_it_was(scripts: Path, url: str) -> None:
    broken = SECOND.replace(
        'with op.batch_alter_table("pond", recr',
        "raise OSError('out of ink')\n    with op.batch_alter_table(\"pond\", recr",
        1,
    )
    (scripts / "versions" / "second.py").write_text(broken)
    with pytest.raises(OSError, match="out of ink"):
        await migrate(url, scripts, [POND])
    await execute(url, "CREATE TABLE pond (name TEXT)", "DROP TABLE pond")


async def test_a_database_of_a_newer_version_is_refused(scripts: Path, url: str) -> None:
    await migrate(url, scripts, [POND])
    (scripts / "versions" / "second.py").unlink()
    with pytest.raises(CannotMigrate, match="0002"):
        await migrate(url, scripts, [POND])


# Elsewhere foreign keys hold while a migration runs.
@pytest.mark.engines("sqlite")
async def test_a_foreign_key_that_would_dangle_is_refused(scripts: Path, url: str) -> None:
    shutil.move(scripts / "versions" / "second.py", scripts)
    await migrate(url, scripts, [POND])
    body = SECOND.replace(
        '    with op.batch_alter_table("pond", recr',
        "    op.execute(\"INSERT INTO fish VALUES ('perch', 'nowhere')\")\n"
        '    with op.batch_alter_table("pond", recr',
        1,
    )
    (scripts / "versions" / "second.py").write_text(body)
    with pytest.raises(CannotMigrate, match="fish"):
        await migrate(url, scripts, [POND])
    (scripts / "versions" / "second.py").write_text(SECOND)
    await migrate(url, scripts, [POND])


async def test_of_processes_that_start_together_one_migrates(scripts: Path, url: str) -> None:
    await asyncio.gather(*(migrate(url, scripts, [POND]) for _ in range(4)))
    assert await differences(url, [POND]) == []


async def test_the_way_back_ends_with_no_table(scripts: Path, url: str) -> None:
    await migrate(url, scripts, [POND])
    await migrate(url, scripts, [POND], EMPTY)
    await execute(url, "CREATE TABLE pond (name TEXT)", "CREATE TABLE fish (name TEXT)")


async def test_tables_that_are_missing_are_created_and_others_left_alone(url: str) -> None:
    old = MetaData()
    Table("pond", old, Column("name", String(64), primary_key=True))
    await create_tables(url, [old])
    await execute(url, "INSERT INTO pond (name) VALUES ('mill')")
    for _ in range(2):
        await create_tables(url, [POND])
    await execute(url, "INSERT INTO fish (name, pond) VALUES ('perch', 'mill')")
