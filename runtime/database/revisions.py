"""The way from one schema to another, with Alembic: imported only where there is a way to go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from runtime.database.migrate import EMPTY, HEAD, CannotMigrate

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


def upgrade(
    connection: Connection,
    scripts: Path,
    metadata: Sequence[MetaData],
    target: str,
    tell: Callable[[str], None],
) -> None:
    """Bring the schema to a revision, forward or back, within the transaction that has begun.

    ``tell`` is told of every step, once it is done.

    Raises:
        CannotMigrate: A newer version was here before, or data would be left dangling.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    directory = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_heads()
    _check_known(directory, before)
    if target == HEAD and set(before) == set(directory.get_heads()):
        return
    plan = (
        directory._downgrade_revs if _behind(directory, before, target) else directory._upgrade_revs
    )

    def applied(
        ctx: MigrationContext,
        step: MigrationInfo,
        heads: Collection[Any],
        run_args: Mapping[str, Any],
    ) -> None:
        script = directory.get_revision(str(step.up_revision_id))
        done = "done" if step.is_upgrade else "taken back"
        tell(f"{script.revision} {done}: {script.doc.partition(chr(10))[0]}")

    with EnvironmentContext(
        config, directory, fn=lambda revision, _: plan(target, revision)
    ) as environment:
        environment.configure(
            connection=connection,
            target_metadata=list(metadata),
            render_as_batch=True,
            on_version_apply=applied,
            # SQLite and PostgreSQL do change their schema within a transaction.
            transactional_ddl=connection.dialect.name != "mysql",
        )
        environment.run_migrations()
    _check_references(connection)
    _log.info("database.migrated", before=list(before), target=target)


def _behind(directory: ScriptDirectory, revisions: Sequence[str], target: str) -> bool:
    """Tell whether the way to a revision leads back."""
    if target == EMPTY:
        return True
    passed = directory.iterate_revisions(tuple(revisions), EMPTY)
    return target in {script.revision for script in passed}


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


def differences(connection: Connection, metadata: Sequence[MetaData]) -> list[Any]:
    """Return what the schema lacks or has too much of, as Alembic's operations."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": list(metadata)}
    )
    tables = MetaData()
    for each in metadata:
        for table in each.tables.values():
            table.to_metadata(tables)
    found: list[Any] = compare_metadata(context, tables)
    return found
