"""Why a database cannot be opened, said so that an operator can mend it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from runtime.database.address import place

NO_SUCH_DATABASE: Final = frozenset({"3D000", 1049})
NOT_LET_IN: Final = frozenset({"28P01", "28000", "42501", 1044, 1045, 1698})
UNREACHABLE: Final = frozenset({2002, 2003, 2005, 2006, 2013})


class CannotOpen(Exception):
    """The database cannot be opened; one sentence says why, without a password."""


def explain(error: Exception, url: URL) -> CannotOpen | None:
    """Say in a sentence why opening failed; ``None`` if the error is none of a database's."""
    if isinstance(error, ModuleNotFoundError):
        return CannotOpen(
            f"the driver {url.get_driver_name()} is not installed: pip install {error.name}"
        )
    if isinstance(error, OSError):
        return _unreachable(url, _reason(error))
    if not isinstance(error, DBAPIError):
        return None
    code = code_of(error)
    if code in NO_SUCH_DATABASE:
        return CannotOpen(f"there is no database {place(url)}: create it, or mend the address")
    if code in NOT_LET_IN:
        return CannotOpen(
            f"the server does not let {url.username!r} into {place(url)}: mend the user, the"
            " password, or the rights that it was granted"
        )
    if code in UNREACHABLE:
        return _unreachable(url, _reason(error.orig))
    return CannotOpen(f"cannot open {place(url)}: {_reason(error.orig)}")


def code_of(error: BaseException) -> str | int | None:
    """Return what the engine itself calls an error: a word on PostgreSQL, a number on MariaDB.

    ``error`` may be the driver's own, or SQLAlchemy's around it.
    """
    inner: Any = error.orig if isinstance(error, DBAPIError) else error
    arguments = getattr(inner, "args", ())
    if arguments and isinstance(arguments[0], int):
        return arguments[0]
    state = getattr(inner, "sqlstate", None)
    return state if isinstance(state, str) else None


def _unreachable(url: URL, reason: str) -> CannotOpen:
    return CannotOpen(
        f"cannot reach {place(url)}: {reason}: start the database, or mend the address"
    )


def _reason(error: BaseException | None) -> str:
    """Return the last words of an error: the drivers put codes and class names before them."""
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    words = str(error.args[-1]) if error is not None and error.args else str(error)
    return words.rpartition("'>: ")[2].strip().rstrip(".")
