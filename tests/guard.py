"""No change without its event: a guard that watches every commit of every test.

A commit that changes the row of an entity without an event row for that entity, in the same
transaction, is refused, and fails the test that made it.  The guard listens to every SQLAlchemy
engine, so it does not know or care which function made the change: what the ORM flushes, what Core
inserts, updates and deletes.  Raw SQL that writes to an entity's table cannot be followed and is
refused outright.  What the database changes by itself (a cascade) is out of sight; so is, on a server, a
silent change of a row that another transaction tells of in the same moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Delete, Engine, Insert, Table, Update, event, func, select
from sqlalchemy.engine.interfaces import ExecutionContext

from runtime.events.log import event as event_table
from service.storage.rows import Row

ENTITIES: Final = frozenset(Row.metadata.tables.values())
RAW_WRITE: Final = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from)\s+"
    rf"[\"`\[]?(?P<table>{'|'.join(Row.metadata.tables)})\b",
    re.IGNORECASE,
)
KEY: Final = "tests.guard"

Parameters = Sequence[Mapping[str, Any]]


class ChangeWithoutEvent(AssertionError):
    """A commit would have changed an entity without telling anybody."""


@dataclass
class Watched:
    """What one transaction has done so far: rows as (table, uuid), subjects of its events."""

    changed: set[tuple[str, str]] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    untraceable: list[str] = field(default_factory=list)
    logged_before: int | None = None
    """The newest event when the first entity changed: the log is written past SQLAlchemy."""

    def silent(self) -> list[str]:
        """Name the changes that no event tells of."""
        untold = [f"{table} {uuid}" for table, uuid in self.changed if uuid not in self.told]
        return sorted(untold) + self.untraceable


class Guard:
    """Watches the transactions of every engine while it is installed."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._listeners = (
            ("begin", self._begin),
            ("before_execute", self._before_execute),
            ("before_cursor_execute", self._before_cursor_execute),
            ("commit", self._commit),
        )

    def install(self) -> None:
        """Begin to watch."""
        for name, listener in self._listeners:
            event.listen(Engine, name, listener)

    def remove(self) -> None:
        """Stop watching."""
        for name, listener in self._listeners:
            event.remove(Engine, name, listener)

    def take(self) -> list[str]:
        """Return the changes that were refused, and forget them."""
        found, self._found = self._found, []
        return found

    def _begin(self, connection: Connection) -> None:
        connection.info[KEY] = Watched()

    def _before_execute(
        self,
        connection: Connection,
        statement: object,
        multiple: Parameters,
        single: Mapping[str, Any],
        _options: object,
    ) -> None:
        if not isinstance(statement, Insert | Update | Delete):
            return
        parameters = multiple or [single]
        if statement.table is event_table:
            _watched(connection).told.update(_values(statement, parameters, "subject"))
        elif statement.table in ENTITIES:
            assert isinstance(statement.table, Table)
            watched = _watched(connection)
            if watched.logged_before is None:
                newest = connection.scalar(select(func.max(event_table.c.position)))
                watched.logged_before = newest or 0
            uuids = (
                _values(statement, parameters, "uuid")
                if isinstance(statement, Insert)
                else _affected(connection, statement, parameters)
            )
            name = statement.table.name
            _watched(connection).changed.update((name, str(uuid)) for uuid in uuids)

    def _before_cursor_execute(
        self,
        connection: Connection,
        _cursor: object,
        text: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: object,
    ) -> None:
        statement = getattr(getattr(context, "compiled", None), "statement", None)
        if not isinstance(statement, Insert | Update | Delete) and RAW_WRITE.search(text):
            _watched(connection).untraceable.append(f"raw SQL: {text}")

    def _commit(self, connection: Connection) -> None:
        watched = _watched(connection)
        if watched.logged_before is not None:
            logged = event_table.c.position > watched.logged_before
            told = connection.scalars(select(event_table.c.subject).where(logged))
            watched.told.update(subject for subject in told if subject is not None)
        silent = watched.silent()
        connection.info[KEY] = Watched()
        if silent:
            self._found += silent
            # SQLAlchemy takes the transaction for ended, whatever is raised here.
            connection.connection.rollback()
            raise ChangeWithoutEvent("changed without an event: " + "; ".join(silent))


def _watched(connection: Connection) -> Watched:
    watched: Watched = connection.info.setdefault(KEY, Watched())
    return watched


def _values(
    statement: Insert | Update | Delete, parameters: Parameters, name: str
) -> Iterator[Any]:
    """Yield what each inserted row says in one column."""
    compiled = statement.compile().params
    for row in parameters:
        value = row.get(name, compiled.get(name))
        if value is not None:
            yield value
    for key, value in compiled.items():
        # insert().values([{...}, {...}]) names its parameters name_m0, name_m1, ...
        if re.fullmatch(rf"{name}_m\d+", key) and value is not None:
            yield value


def _affected(
    connection: Connection, statement: Update | Delete, parameters: Parameters
) -> Iterable[Any]:
    """Look which rows an update or a delete is about to meet."""
    assert isinstance(statement.table, Table)
    query = select(statement.table.c.uuid)
    if statement.whereclause is not None:
        query = query.where(statement.whereclause)
    for row in parameters:
        yield from connection.scalars(query, dict(row))


@pytest.fixture(autouse=True)
def guard() -> Iterator[Guard]:
    """The guard of this test; what it refuses fails the test, even if the code swallowed it."""
    guard = Guard()
    guard.install()
    yield guard
    guard.remove()
    if silent := guard.take():
        pytest.fail("changed without an event: " + "; ".join(silent), pytrace=False)
