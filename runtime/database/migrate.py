"""The schema: brought to its newest version when the service starts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.database import mariadb
from runtime.database.engine import migration_engine

HEAD: Final = "head"
"""The newest schema."""
EMPTY: Final = "base"
"""No table at all."""

LOCK_KEY: Final = 7_305_518_264
"""Whom PostgreSQL's advisory lock of migrations stands for: a number that nobody else uses."""
WAIT_SECONDS: Final = 600
"""How long a process waits for another one that migrates the same database."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class CannotMigrate(Exception):
    """The database is not one that this version can bring to its schema."""


async def migrate(
    url: str, scripts: Path, metadata: Sequence[MetaData], target: str = HEAD
) -> None:
    """Bring a database to a revision.  It may be empty, and a file may be missing.

    One process at a time.  Nothing is written if nothing is to be done.  All of it is done or
    nothing, except on MariaDB and MySQL, which commit after every statement that changes a table:
    there a migration that fails leaves behind what it had done, and a backup is the way back.

    Args:
        url: The database, as for ``Database.open``.
        scripts: The folder that holds Alembic's ``versions``; it needs no ``env.py``.
        metadata: The tables as the code has them.
        target: A revision, :data:`HEAD` or :data:`EMPTY`.

    Raises:
        CannotMigrate: A newer version was here before, or data would be left dangling.
    """
    engine = migration_engine(url)
    try:
        async with engine.begin() as connection, _alone(connection):
            await connection.run_sync(_migrate, scripts, metadata, target)
    finally:
        await engine.dispose()


async def create_tables(url: str, metadata: Sequence[MetaData]) -> None:
    """Create the tables that are missing, and change none: for a service without migrations yet.

    The database, as for ``Database.open``, may be missing too.
    """
    engine = migration_engine(url)
    try:
        async with engine.begin() as connection, _alone(connection):
            for each in metadata:
                await connection.run_sync(each.create_all)
    finally:
        await engine.dispose()


async def differences(url: str, metadata: Sequence[MetaData]) -> list[Any]:
    """Return what the schema lacks or has too much of, as Alembic's operations; empty is right."""
    engine = migration_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_differences, metadata)
    finally:
        await engine.dispose()


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Keep other processes from changing the schema; SQLite's write lock does so by itself."""
    match connection.dialect.name:
        case "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            yield
        case "mysql":
            # The lock is the server's, so its name must be the database's.
            name = {
                "name": f"migrate {connection.engine.url.database}"[:64],
                "seconds": WAIT_SECONDS,
            }
            if not await connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), name):
                raise CannotMigrate("another process has been migrating the database for too long")
            await _compare_text_as_written(connection)
            yield
            await connection.scalar(text("SELECT RELEASE_LOCK(:name)"), name)
        case _:
            yield


async def _compare_text_as_written(connection: AsyncConnection) -> None:
    """Have every table that is made from now on tell letters apart, whatever the default was."""
    found = await connection.scalar(text("SELECT @@collation_database"))
    if found == mariadb.COLLATION:
        return
    name = connection.dialect.identifier_preparer.quote(connection.engine.url.database or "")
    await connection.execute(
        text(
            f"ALTER DATABASE {name}"
            f" CHARACTER SET {mariadb.CHARACTER_SET} COLLATE {mariadb.COLLATION}"
        )
    )


def _migrate(
    connection: Connection, scripts: Path, metadata: Sequence[MetaData], target: str
) -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    directory = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_heads()
    _check_known(directory, before)
    if target == HEAD and set(before) == set(directory.get_heads()):
        return
    plan = directory._downgrade_revs if target == EMPTY else directory._upgrade_revs
    with EnvironmentContext(
        config, directory, fn=lambda revision, _: plan(target, revision)
    ) as environment:
        environment.configure(
            connection=connection,
            target_metadata=list(metadata),
            render_as_batch=True,
            # SQLite and PostgreSQL do change their schema within a transaction.
            transactional_ddl=connection.dialect.name != "mysql",
        )
        environment.run_migrations()
    _check_references(connection)
    _log.info("database.migrated", before=list(before), target=target)


def _check_known(directory: ScriptDirectory, revisions: Sequence[str]) -> None:
    known = {script.revision for script in directory.walk_revisions()}
    for revision in revisions:
        if revision not in known:
            raise CannotMigrate(
                f"the database is at revision {revision}, which this version does not know;"
                " use the version that made it, or restore a backup"
            )


def _check_references(connection: Connection) -> None:
    """Refuse a migration that leaves a foreign key dangling: on SQLite they are off meanwhile."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise CannotMigrate(f"the migration would leave foreign keys dangling in {tables}")


def _differences(connection: Connection, metadata: Sequence[MetaData]) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": list(metadata)}
    )
    tables = MetaData()
    for each in metadata:
        for table in each.tables.values():
            table.to_metadata(tables)
    found: list[Any] = compare_metadata(context, tables)
    return found
