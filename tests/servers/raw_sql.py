"""SQL past SQLAlchemy, and so past the guard, on whichever database a URL names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Final

from sqlalchemy.engine import make_url

from tests.servers.database_server import DatabaseAddress
from tests.servers.mariadb import MariaDBAddress
from tests.servers.postgresql import PostgreSQLAddress

_ADDRESSES: Final[dict[str, type[DatabaseAddress]]] = {
    "postgresql": PostgreSQLAddress,
    "mysql": MariaDBAddress,
    "mariadb": MariaDBAddress,
}


def kind_of(url: str) -> str:
    """Name the engine of a database as tests do: ``sqlite``, ``postgresql`` or ``mariadb``."""
    name = make_url(url).get_backend_name()
    return "mariadb" if name == "mysql" else name


async def run_sql(url: str, *statements: str) -> None:
    """Run statements, each committed by itself."""
    address = make_url(url)
    if kind_of(url) == "sqlite":
        with closing(sqlite3.connect(str(address.database), isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
        return
    assert address.port is not None
    server = _ADDRESSES[kind_of(url)](address.port)
    await server.run(*statements, database=address.database)
