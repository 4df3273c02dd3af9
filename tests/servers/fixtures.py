"""Servers as fixtures; `tests/conftest.py` offers them to every test."""

from collections.abc import Iterator

import pytest

from tests.servers.redis_server import RedisServer


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
