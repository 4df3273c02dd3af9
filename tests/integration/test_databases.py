"""The service as processes on database servers."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from generated.clients.python.storage import StorageClient
from generated.storage.events import AIPCreatedEvent, MonitorPingEvent
from generated.storage.models import AIPStatus, CreateAIP
from runtime.database.lock import Lock
from service.lock import lock_of
from tests.integration.test_serving import run
from tests.servers.database_server import PASSWORD, DatabaseServer
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer

pytestmark = pytest.mark.engines("postgresql", "mariadb")


def a_package(name: str) -> CreateAIP:
    return CreateAIP(uuid=uuid4(), name=name, object_key=uuid4(), status=AIPStatus.STORED)


@pytest.fixture
def server(empty_database_url: str, tmp_path: Path) -> Iterator[StorageServer]:
    """A serving process on a database server."""
    with StorageServer(tmp_path / "data", SERVICE_DATABASE__URL=empty_database_url) as server:
        yield server


async def test_what_is_recorded_is_watched_and_outlives_the_process(server: StorageServer) -> None:
    async with (
        StorageClient(server.url, token=server.token("*")) as client,
        client.monitor() as events,
    ):
        assert await anext(events) == MonitorPingEvent(message="Hello")
        created = await client.create_aip(a_package("lettres à 100%"))
        assert await anext(events) == AIPCreatedEvent(uuid=created.uuid, item=created)
    server.kill()
    server.start()
    async with StorageClient(server.url, token=server.token("*")) as client:
        assert await client.show_aip(uuid=created.uuid) == created
    assert PASSWORD not in server.log()


async def held(lock: Lock) -> None:
    """Wait until somebody holds a lock."""
    async with asyncio.timeout(10):
        while True:
            if await lock.holder() != "unknown":
                return
            await asyncio.sleep(0.1)


async def test_a_restart_of_the_database_costs_a_moment(
    server: StorageServer, database_server: DatabaseServer, empty_database_url: str, tmp_path: Path
) -> None:
    async with (
        StorageClient(server.url, token=server.token("*")) as client,
        client.monitor() as events,
    ):
        await anext(events)
        first = await client.create_aip(a_package("before"))
        assert await anext(events) == AIPCreatedEvent(uuid=first.uuid, item=first)
        await asyncio.to_thread(database_server.kill)
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as http:
            for method, path in (("GET", "/storage/aips"), ("POST", "/storage/aips")):
                told = await http.request(
                    method,
                    path,
                    headers={"authorization": f"Bearer {server.token('*')}"},
                    content=a_package("meanwhile").to_json() if method == "POST" else None,
                )
                assert (told.status_code, told.headers["retry-after"]) == (503, "1")
                assert (told.json()["name"], told.json()["temporary"]) == ("unavailable", True)
            health = await http.get("/healthz")
            assert (health.status_code, health.json()["by"]) == (503, ["database"])
            assert PASSWORD not in health.text
        await asyncio.to_thread(database_server.start)
        second = await client.create_aip(a_package("after"))
        async with asyncio.timeout(5):
            assert await anext(events) == AIPCreatedEvent(uuid=second.uuid, item=second)
    # The lock went with the database, and is taken anew; the lease is a row, and stays.
    await held(lock_of(empty_database_url, "lock"))
    assert "workflows.overtaken" not in server.log()
    other = run(tmp_path / "second", "serve", SERVICE_DATABASE__URL=empty_database_url)
    assert "serves this database already" in other.stderr


def test_a_second_process_without_redis_is_refused(
    server: StorageServer, empty_database_url: str, tmp_path: Path
) -> None:
    second = run(tmp_path / "second", "serve", SERVICE_DATABASE__URL=empty_database_url)
    assert second.returncode == 1
    assert "127.0.0.1" in second.stderr
    assert "serves this database already" in second.stderr
    assert "SERVICE_EVENTS__URL" in second.stderr
    assert PASSWORD not in second.stderr


def test_of_processes_that_redis_connects_one_performs_workflows_and_another_takes_over(
    empty_database_url: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    settings = {
        "SERVICE_DATABASE__URL": empty_database_url,
        "SERVICE_EVENTS__URL": redis_server.url,
    }
    with ExitStack() as stack:
        servers = [
            stack.enter_context(StorageServer(tmp_path / name, **settings)) for name in ("a", "b")
        ]
        assert [said_to_perform(each) for each in servers] == [True, False]
        servers[0].kill()
        until(lambda: said_to_perform(servers[1]))


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def said_to_perform(server: StorageServer) -> bool:
    return "workflows.performed_here" in server.log()
