"""Failures of a database that pass: the same transaction may succeed when it is tried again.

Writers take their locks in one order (the entity that a change is about, what belongs to it, last
the counter of the log), so that a deadlock is a fault of ours and not a way of life.  Should one
happen all the same, its transaction is rolled back whole and fails like any other: an operation
tells its caller, who may repeat it; background work repeats by itself.
"""

from __future__ import annotations

import socket
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from runtime.database.opening import UNREACHABLE, code_of

PASSING_CLASSES: Final = (
    "08",  # the connection is lost
    "40",  # deadlock, serialisation
    "53",  # out of memory, disk, connections
    "55P03",  # waited too long for a lock
    "57P",  # shutting down, starting up
    "25P03",  # said nothing for too long
)
"""How the codes of PostgreSQL that stand for passing failures begin."""

PASSING_CODES: Final = UNREACHABLE | {
    1020,  # the record has changed since it was read
    1040,  # too many connections
    1053,  # shutting down
    1205,  # waited too long for a lock
    1213,  # deadlock
    1927,  # said nothing for too long
}
"""The same for MariaDB and MySQL."""


AWAY_SQLITE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
"""What SQLite says when it cannot get at its file, or not yet."""


def away(error: BaseException) -> bool:
    """Tell whether an operation failed because the database cannot serve it now.

    Narrower than :func:`passing`: of the system's own errors only those of a connection count,
    since an operation has files too; and SQLite calls a mistake in a statement operational.
    """
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError | socket.gaierror)
    inner = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(inner, sqlite3.OperationalError):
        # The code is that of the error in the lowest byte, and says more in the others.
        return getattr(inner, "sqlite_errorcode", 0) & 0xFF in AWAY_SQLITE
    return passing(error)


def passing(error: BaseException) -> bool:
    """Tell whether a transaction failed for a reason outside itself, which may be gone later.

    The outcome of a commit that failed so is not known.
    """
    if isinstance(error, OSError | NoConnectionFree | sqlite3.OperationalError):
        return True
    code = code_of(error)
    if isinstance(code, str):
        return code.startswith(PASSING_CLASSES)
    if isinstance(code, int):
        return code in PASSING_CODES
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError)
