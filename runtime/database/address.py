"""The address of a database: which engine it names, and which driver speaks to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVERS: Final[Mapping[str, str]] = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    # One name for both, so that a table means the same on either.
    "mysql": "mysql+asyncmy",
    "mariadb": "mysql+asyncmy",
}
"""What may stand before ``://``, alone or with its driver, and what is opened then."""


class UnsupportedDatabase(ValueError):
    """The address names no database, or one that this version does not run on."""

    def __init__(self) -> None:
        # Never the address itself: it may hold a password.
        super().__init__(
            "the database must be sqlite:///path/of/a/file, postgresql://user:password@host/name"
            " or mariadb://user:password@host/name"
        )


def parse(url: str) -> URL:
    """Read an address.

    Raises:
        UnsupportedDatabase: It is none, or a database in memory, which no second connection
            could see.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UnsupportedDatabase from None
    kind, _, driver = parsed.drivername.partition("+")
    known = DRIVERS.get(kind, "")
    if not known or driver not in ("", known.partition("+")[2]):
        raise UnsupportedDatabase
    if parsed.database in (None, "", ":memory:"):
        raise UnsupportedDatabase
    return parsed.set(drivername=known)


def place(url: URL) -> str:
    """Say where a database is, for people: never with a user or a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or "localhost"
    return f"{url.database!r} on {host}:{url.port}" if url.port else f"{url.database!r} on {host}"
