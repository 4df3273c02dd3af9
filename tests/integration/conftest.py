"""Real servers for tests of the whole.

A server takes a second or two to start, so most tests share one; it must not log an error
meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.servers.redis_server import RedisServer
from tests.servers.s3_server import S3Bucket, S3Server
from tests.servers.storage_service import StorageServer

ERRORS = ('"level": "error"', '"level": "critical"', "Traceback")
FRIEND = "https://friend.test"
"""A foreign place whose pages may watch the shared server."""


class Pair(NamedTuple):
    """Two serving processes on one data folder, which Redis connects."""

    first: StorageServer
    second: StorageServer


def errors(log: str) -> list[str]:
    """The lines of a log that speak of a fault."""
    return [line for line in log.splitlines() if any(error in line for error in ERRORS)]


@contextmanager
def without_errors(*servers: StorageServer) -> Iterator[None]:
    before = [len(server.log()) for server in servers]
    yield
    for server, length in zip(servers, before, strict=True):
        assert errors(server.log()[length:]) == []


@pytest.fixture
def storage_server(tmp_path: Path) -> Iterator[StorageServer]:
    """A serving process of its own, on an empty data folder."""
    with StorageServer(tmp_path / "data") as server:
        yield server


@pytest.fixture(scope="session")
def session_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    settings = {"SERVICE_HTTP__ALLOWED_ORIGINS": FRIEND}
    with StorageServer(tmp_path_factory.mktemp("storage"), **settings) as server:
        yield server


@pytest.fixture
def shared_server(session_server: StorageServer) -> Iterator[StorageServer]:
    """A serving process that other tests use too, with what they recorded."""
    with without_errors(session_server):
        yield session_server


@pytest.fixture(scope="session")
def session_pair(
    tmp_path_factory: pytest.TempPathFactory, session_redis_server: RedisServer
) -> Iterator[Pair]:
    session_redis_server.start()
    folder = tmp_path_factory.mktemp("pair")
    redis = {"SERVICE_EVENTS__URL": session_redis_server.url}
    with StorageServer(folder, "one", **redis) as one, StorageServer(folder, "two", **redis) as two:
        yield Pair(one, two)


@pytest.fixture
def pair(session_pair: Pair, redis_server: RedisServer) -> Iterator[Pair]:
    """Two serving processes that other tests use too, and their Redis."""
    with without_errors(*session_pair):
        yield session_pair


@pytest.fixture(params=["memory", "redis"])
def ticket_server(request: pytest.FixtureRequest) -> StorageServer:
    """A server for each store of tickets."""
    if request.param == "memory":
        server: StorageServer = request.getfixturevalue("shared_server")
        return server
    pair: Pair = request.getfixturevalue("pair")
    return pair.first


@pytest.fixture(scope="session")
def internal_bucket(session_s3_server: S3Server) -> S3Bucket:
    return session_s3_server.new_bucket()


@pytest.fixture(scope="session")
def session_bucket_server(
    tmp_path_factory: pytest.TempPathFactory, internal_bucket: S3Bucket
) -> Iterator[StorageServer]:
    prefix = "SERVICE_STORAGE__INTERNAL__S3__"
    settings = {
        f"{prefix}{name.upper()}": str(value) for name, value in internal_bucket.value().items()
    }
    folder = tmp_path_factory.mktemp("buckets")
    with StorageServer(folder, SERVICE_LOG__LEVEL="debug", **settings) as server:
        yield server


@pytest.fixture
def bucket_server(session_bucket_server: StorageServer) -> Iterator[StorageServer]:
    """A server whose internal location is a bucket."""
    with without_errors(session_bucket_server):
        yield session_bucket_server
