"""The schema: brought to its newest version when the service starts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

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


VERSION: Final = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)
"""Where Alembic keeps the revision that a database has."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class CannotMigrate(Exception):
    """The database is not one that this version can bring to its schema."""


async def migrate(
    url: str,
    scripts: Path,
    metadata: Sequence[MetaData],
    target: str = HEAD,
    *,
    newest: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
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
        newest: The revision that :data:`HEAD` stands for, if the caller knows.  Then Alembic, which
            takes long to import, is asked only where there is a way to go: a database that has
            this revision is left alone, and an empty one gets the tables as the code has them.
        tell: Is told of every step, in words.

    Raises:
        CannotMigrate: A newer version was here before, or data would be left dangling.
    """
    engine = migration_engine(url)
    try:
        async with engine.begin() as connection, _alone(connection):
            if (
                target == HEAD
                and newest
                and await connection.run_sync(_is_new, metadata, newest, tell)
            ):
                return
            from runtime.database import revisions

            await connection.run_sync(revisions.upgrade, scripts, metadata, target, tell)
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
    from runtime.database import revisions

    engine = migration_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(revisions.differences, metadata)
    finally:
        await engine.dispose()


async def revision_of(session: AsyncSession) -> str | None:
    """Return the revision that a database has; ``None`` if it has no table of ours."""
    connection = await session.connection()
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(VERSION.name)):
        return None
    found: str | None = await session.scalar(select(VERSION.c.version_num))
    return found


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


def _is_new(
    connection: Connection,
    metadata: Sequence[MetaData],
    newest: str,
    tell: Callable[[str], None],
) -> bool:
    """Tell whether a database has the newest schema, as an empty one has after this."""
    found = set(inspect(connection).get_table_names())
    if VERSION.name in found:
        return connection.scalar(select(VERSION.c.version_num)) == newest
    if found & {name for each in metadata for name in each.tables}:
        return False
    for each in (*metadata, VERSION.metadata):
        each.create_all(connection)
    connection.execute(insert(VERSION).values(version_num=newest))
    tell(f"{newest} done: all tables made, the database was empty")
    _log.info("database.created", revision=newest)
    return True
