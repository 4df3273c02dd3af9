"""Servers as fixtures; `tests/conftest.py` offers them to every test.

A test, or a whole module, marked `engines` runs on each database engine in turn, or on those that
the mark names: its fixture `database_engine` says which, and `empty_database_url` is a database of that
engine with nothing in it.  Without the mark both mean SQLite.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.database_server import DatabaseServer
from tests.servers.loop import run
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.redis_server import RedisServer
from tests.servers.s3_server import S3Server

ENGINES = ("sqlite", "postgresql", "mariadb")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engines(*names): runs on these database engines in turn")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker("engines")
    if marked and "database_engine" in metafunc.fixturenames:
        metafunc.parametrize(
            "database_engine", marked.args or ENGINES, indirect=True, scope="session"
        )


@pytest.fixture(scope="session")
def session_redis_server() -> Iterator[RedisServer]:
    """One Redis for each test process.

    Not one for all: what Redis publishes crosses its database numbers, and a
    test may stop the server.
    """
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis_server(session_redis_server: RedisServer) -> RedisServer:
    """A Redis that runs and is empty, whatever the last test did to it."""
    session_redis_server.start()
    session_redis_server.empty()
    return session_redis_server


@pytest.fixture(scope="session")
def session_postgresql_server() -> Iterator[PostgreSQLServer]:
    """One PostgreSQL for each test process: it starts in a second, and a test may stop it."""
    with PostgreSQLServer() as server:
        yield server


@pytest.fixture
def postgresql_server(session_postgresql_server: PostgreSQLServer) -> PostgreSQLServer:
    """A PostgreSQL that runs, whatever the last test did to it."""
    session_postgresql_server.start()
    return session_postgresql_server


@pytest.fixture(scope="session")
def session_mariadb_server() -> Iterator[MariaDBServer]:
    """One MariaDB for each test process: it starts in a second, and a test may stop it."""
    with MariaDBServer() as server:
        yield server


@pytest.fixture
def mariadb_server(session_mariadb_server: MariaDBServer) -> MariaDBServer:
    """A MariaDB that runs, whatever the last test did to it."""
    session_mariadb_server.start()
    return session_mariadb_server


@pytest.fixture(scope="session")
def database_engine(request: pytest.FixtureRequest) -> str:
    """The name of the database engine that this test runs on."""
    name: str = getattr(request, "param", "sqlite")
    return name


@pytest.fixture
def database_server(request: pytest.FixtureRequest, database_engine: str) -> DatabaseServer | None:
    """The server of this test's engine; SQLite has none."""
    if database_engine == "sqlite":
        return None
    server = request.getfixturevalue(f"{database_engine}_server")
    assert isinstance(server, DatabaseServer)
    return server


@pytest.fixture
def empty_database_url(database_server: DatabaseServer | None, tmp_path: Path) -> Iterator[str]:
    """A database of this test's engine, without a table."""
    if database_server is None:
        yield f"sqlite:///{tmp_path / 'database.db'}"
        return
    url = run(database_server.address.create_database())
    yield url
    database_server.start()
    run(database_server.address.drop_database(url))


@pytest.fixture(scope="session")
def session_s3_server() -> Iterator[S3Server]:
    """One S3 server for each test process: each test has buckets of its own."""
    with S3Server() as server:
        yield server


@pytest.fixture
def s3_server(session_s3_server: S3Server) -> S3Server:
    """An S3 server that runs."""
    return session_s3_server
