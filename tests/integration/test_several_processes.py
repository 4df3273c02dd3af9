"""Several serving processes behind one address."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.dashboard import Dashboard, Watching
from tests.integration.test_resuming import by_sse, id_of, next_frames
from tests.integration.test_serving import run
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer

WORKERS = 2
WATCHERS = 12
PATIENCE = 60.0
"""Seconds for what happens at once on a machine of its own."""


@contextmanager
def serving(folder: Path, redis: RedisServer) -> Iterator[StorageServer]:
    """Processes that serve one address; they must end well."""
    settings = {"SERVICE_EVENTS__URL": redis.url, "SERVICE_HTTP__WORKERS": str(WORKERS)}
    with StorageServer(folder, **settings) as server:
        until(lambda: "is ready" in server.log())
        yield server


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, session_redis_server: RedisServer
) -> Iterator[StorageServer]:
    session_redis_server.start()
    with serving(tmp_path_factory.mktemp("workers"), session_redis_server) as server:
        yield server


@pytest.fixture
def server(shared: StorageServer, redis_server: RedisServer) -> StorageServer:
    """Processes that other tests use too, and their Redis."""
    return shared


@pytest.fixture
def own_server(tmp_path: Path, redis_server: RedisServer) -> Iterator[StorageServer]:
    """Processes of this test's own."""
    with serving(tmp_path / "data", redis_server) as server:
        yield server


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def processes(server: StorageServer) -> list[int]:
    """The process of each worker that was ever ready, in the order of their being so."""
    return [int(each) for each in re.findall(r'"process": (\d+)', server.log())]


def watching(server: StorageServer) -> list[float]:
    """How many watch each process."""
    numbers = []
    for url in re.findall(r"http://127\.0\.0\.1:\d+/metrics", server.log()):
        families = text_string_to_metric_families(httpx2.get(url, trust_env=False).text)
        [family] = [each for each in families if each.name == "storage_monitor_watching"]
        numbers.append(family.samples[0].value)
    return numbers


async def test_everybody_sees_one_order_whichever_process_serves_or_publishes(
    server: StorageServer,
) -> None:
    async with AsyncExitStack() as stack:
        dashboards = [await stack.enter_async_context(Dashboard(server)) for _ in range(6)]
        watchers: list[Watching] = [
            await stack.enter_async_context(dashboards[each % 6].watch("*"))
            for each in range(WATCHERS)
        ]
        for each in watchers:
            await each.frame()
        served = await asyncio.to_thread(watching, server)
        assert sum(served) == WATCHERS
        created = await asyncio.gather(
            *(dashboard.create_aip() for dashboard in dashboards for _ in range(5))
        )
        seen = [[frame.text for frame in await each.frames(30)] for each in watchers]
    assert all(each == seen[0] for each in seen)
    assert {re.findall(r'"uuid":"([^"]+)"', text)[0] for text in seen[0]} == set(created)


async def test_one_that_is_killed_is_missed_by_nobody(server: StorageServer) -> None:
    stream = by_sse(server)
    [hello] = await next_frames(stream, 1)
    await asyncio.to_thread(until, lambda: sum(watching(server)) == 1)
    number = watching(server).index(1) + 1
    [process] = re.findall(rf'"worker": {number}, "process": (\d+)', server.log())
    os.kill(int(process), signal.SIGKILL)
    with pytest.raises(httpx2.HTTPError):
        await next_frames(stream, 1)
    async with Dashboard(server) as dashboard:
        created = [await dashboard.create_aip() for _ in range(3)]
    stream = by_sse(server, id_of(hello))
    _, *frames = await next_frames(stream, 4)
    assert [frame.value["uuid"] for frame in frames] == created
    await stream.aclose()
    await asyncio.to_thread(until, lambda: len(processes(server)) == WORKERS + 1)
    assert '"how": "SIGKILL"' in server.log()


def test_none_is_left_behind_when_the_first_process_is_killed(own_server: StorageServer) -> None:
    host, _, port = own_server.url.removeprefix("http://").partition(":")
    own_server.kill()

    def is_free() -> bool:
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((host, int(port)))
                candidate.listen()
            except OSError:
                return False
        return True

    until(is_free)


def test_ctrl_c_ends_all_of_them_well(own_server: StorageServer) -> None:
    os.kill(own_server.pid, signal.SIGINT)
    own_server.stop()
    assert "supervisor_gone" not in own_server.log()
    assert '"level": "error"' not in own_server.log()


def test_what_keeps_them_from_starting_is_said_once(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    settings = {"SERVICE_EVENTS__URL": redis_server.url, "SERVICE_HTTP__WORKERS": "2"}
    redis_server.stop()
    ended = run(tmp_path / "data", "serve", **settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("SERVICE_EVENTS__URL: Redis does not answer") == 1


def test_without_redis_they_refuse_to_start(tmp_path: Path) -> None:
    ended = run(tmp_path / "data", "serve", SERVICE_HTTP__WORKERS="4")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "storage-service: SERVICE_HTTP__WORKERS: 4 processes hear of each other's events through"
        " Redis: set SERVICE_EVENTS__URL=redis://..., or serve with 1\n"
    )
