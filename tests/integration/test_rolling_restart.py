"""A new version is rolled out: one process stops and starts again, then the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path

import httpx2

from tests.faults.account import read_log
from tests.faults.comparison import Journal, difference, documents_of, id_of
from tests.faults.subscriber import (
    OverGeneratedClient,
    OverSSE,
    OverWebSocket,
    Subscriber,
    in_turn,
    running,
)
from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.servers.process import free_port
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until


def subscribe(servers: list[StorageServer], start: str) -> list[Subscriber]:
    def token() -> str:
        return servers[0].token("*")

    one, two = (lambda: servers[0].url), (lambda: servers[1].url)
    return [
        OverWebSocket("websocket", in_turn(one, two), token, start),
        OverSSE("sse", in_turn(two, one), token, start),
        OverGeneratedClient("generated client", in_turn(one, two), token, start),
    ]


@asynccontextmanager
async def calling(servers: list[StorageServer]) -> AsyncIterator[list[str]]:
    """Let packages be recorded at one process and the other; yields those that were confirmed."""
    confirmed: list[str] = []
    enough = asyncio.Event()

    async def call() -> None:
        for server in cycle(servers):
            if enough.is_set():
                return
            # Refused or cut off while its process stops: it may be recorded or not.
            async with Dashboard(server) as dashboard:
                with suppress(httpx2.HTTPError, AssertionError):
                    confirmed.append(await dashboard.create_aip())

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call())
        yield confirmed
        enough.set()


async def test_a_rolling_restart_loses_nothing(tmp_path: Path, redis_server: RedisServer) -> None:
    journal = Journal()
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                StorageServer(
                    tmp_path / "data",
                    name,
                    SERVICE_EVENTS__URL=redis_server.url,
                    SERVICE_HTTP__PORT=str(free_port()),
                )
            )
            for name in ("one", "two")
        ]
        async with Dashboard(servers[0]) as dashboard:
            start = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
        subscribers = subscribe(servers, start)
        async with running(subscribers) as check:
            async with calling(servers) as confirmed:
                await until(lambda: all(each.seen.documents for each in subscribers), seconds=20)
                for server in servers:
                    journal.note(f"{server.url} was stopped")
                    await asyncio.to_thread(server.stop)
                    assert errors(server.log()) == []
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(server.start)
                    await asyncio.sleep(0.5)
            epoch, events = await read_log(f"sqlite:///{tmp_path / 'data' / 'storage.db'}")
            due = documents_of(events, epoch)
            await until(
                lambda: all(each.last_id == id_of(due[-1]) for each in subscribers), seconds=20
            )
            check()
    for each in subscribers:
        assert not (found := difference(due, each.seen, journal)), found
        assert len(each.seen.connections) > 1
    assert set(confirmed) <= {event.subject for event in events}
    ends = [each.ended for each in subscribers[0].seen.connections]
    assert any("1012" in end for end in ends), ends
