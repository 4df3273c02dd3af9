"""SQLite with one call into the driver's thread for each statement.

The driver works in a thread of its own, and SQLAlchemy asks it four times a statement: for a cursor,
to execute, for the rows, and to close the cursor.  Each time the loop and the thread wait for one
another, which takes longer than SQLite does.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
)
from sqlalchemy.util.concurrency import await_

_Rows = Sequence[Any]


class OneCallCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor that has all its rows, and is closed, when ``execute`` returns."""

    __slots__ = ("_description", "_last", "_number")

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._description: Any = None
        self._number = -1
        self._last: Any = None

    @property
    def description(self) -> Any:
        """The columns of the rows, as the DB-API has them; ``None`` where there can be none."""
        return self._description

    @property
    def rowcount(self) -> int:
        """How many rows were changed; -1 if that is not known."""
        return self._number

    @property
    def lastrowid(self) -> Any:
        """The number of the row that was inserted last."""
        return self._last

    def execute(self, operation: Any, parameters: Any = None) -> None:
        """Perform one statement."""
        values = () if parameters is None else parameters
        self._perform(lambda driver: driver.execute(operation, values))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        """Perform one statement many times."""
        self._perform(lambda driver: driver.executemany(operation, seq_of_parameters))

    def fetchmany(self, size: int | None = None) -> _Rows:
        """Return the next rows: one, as the DB-API says, if it is not told how many."""
        return super().fetchmany(1 if size is None else size)

    def close(self) -> None:
        """Forget the rows that nobody has fetched."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """Do nothing: it is closed."""

    def _perform(self, execute: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> None:
        def in_thread(driver: sqlite3.Connection) -> tuple[Any, int, Any, _Rows]:
            cursor = execute(driver)
            try:
                rows: _Rows = cursor.fetchall() if cursor.description else ()
                return cursor.description, cursor.rowcount, cursor.lastrowid, rows
            finally:
                cursor.close()

        try:
            outcome = await_(self._in_turn(in_thread))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._description, self._number, self._last, rows = outcome
        self._rows = deque(rows)

    async def _in_turn(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        driver: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            return await driver._execute(work, driver._conn)


class OneCallConnection(AsyncAdapt_aiosqlite_connection):
    """A connection whose cursors need one call each."""

    __slots__ = ()

    _cursor_cls: type[AsyncAdapt_aiosqlite_cursor] = OneCallCursor

    def commit(self) -> None:
        """Commit, if that has not been done in the call before (``runtime.events.counter``)."""
        if self.driver_connection.in_transaction:
            super().commit()


def connect(
    dialect: Any, _record: object, arguments: Sequence[Any], options: dict[str, Any]
) -> OneCallConnection:
    """Connect as SQLAlchemy does, for its event ``do_connect``."""
    usual = dialect.connect(*arguments, async_creator_fn=_open, **options)
    return OneCallConnection(usual.dbapi, usual.driver_connection)


async def _open(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """Open a file; one that cannot be opened leaves no thread.

    The driver lets it end by itself, and that fails in the thread when the loop is closed first.
    """
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True
    try:
        return await connection
    except Exception:
        await asyncio.get_running_loop().run_in_executor(None, connection._thread.join)
        raise
