"""Coming back to the real service, on both transports, across restarts."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from pathlib import Path

import httpx2
import pytest

from generated.clients.python.storage import StorageClient
from generated.storage.events import AIPCreatedEvent, MonitorPingEvent
from runtime.client.follow import follow
from runtime.client.watch import Transport
from tests.integration.dashboard import Dashboard, Frame
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer, command, environment

COUNT = 12


async def by_sse(server: StorageServer, last_id: str | None = None) -> AsyncGenerator[Frame]:
    """The frames of an event stream."""
    headers = {"Authorization": f"Bearer {server.token('*')}"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    async with (
        httpx2.AsyncClient(timeout=20, trust_env=False) as http,
        http.stream("GET", f"{server.url}/storage/monitor", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield Frame(line.removeprefix("data: "))


def id_of(frame: Frame) -> str:
    return f"{frame.epoch}-{frame.position}"


async def next_frames(frames: AsyncGenerator[Frame], count: int) -> list[Frame]:
    async with asyncio.timeout(10):
        return [await anext(frames) for _ in range(count)]


async def test_an_event_stream_shows_what_the_websocket_shows(
    shared_server: StorageServer,
) -> None:
    async with (
        Dashboard(shared_server) as dashboard,
        dashboard.watch("*") as watching,
        aclosing(by_sse(shared_server)) as stream,
    ):
        hello, here = await next_frames(stream, 1), await watching.frame()
        assert (id_of(hello[0]), hello[0].tag) == (id_of(here), here.tag)
        await asyncio.gather(*(dashboard.create_aip() for _ in range(COUNT)))
        assert [json.loads(each.text) for each in await next_frames(stream, COUNT)] == [
            json.loads(each.text) for each in await watching.frames(COUNT)
        ]


async def test_whoever_loads_and_then_watches_from_there_misses_nothing(
    shared_server: StorageServer,
) -> None:
    async with Dashboard(shared_server) as dashboard:
        answer = await dashboard.ask("GET", "/storage/aips")
        position = answer.headers["event-position"]
        created = [await dashboard.create_aip() for _ in range(3)]
        async with aclosing(by_sse(shared_server, position)) as stream:
            hello, *frames = await next_frames(stream, 4)
        assert id_of(hello) == position
        assert [frame.value["uuid"] for frame in frames] == created


async def test_what_happened_across_a_restart_is_not_missed(storage_server: StorageServer) -> None:
    async with aclosing(by_sse(storage_server)) as stream:
        last_id = id_of((await next_frames(stream, 1))[0])
    async with Dashboard(storage_server) as dashboard:
        created = [await dashboard.create_aip() for _ in range(3)]
    storage_server.kill()
    storage_server.start()
    async with (
        Dashboard(storage_server) as dashboard,
        aclosing(by_sse(storage_server, last_id)) as stream,
    ):
        created.append(await dashboard.create_aip())
        frames = await next_frames(stream, 5)
    assert [frame.value["uuid"] for frame in frames[1:]] == created


@pytest.mark.parametrize("transport", ["websocket", "sse"])
async def test_the_generated_client_goes_on_by_itself_when_the_service_restarts(
    storage_server: StorageServer, transport: Transport
) -> None:
    folder = storage_server.folder
    port = storage_server.url.rpartition(":")[2]
    seen: list[str] = []
    created: list[str] = []
    async with StorageClient(
        storage_server.url,
        token=lambda: storage_server.token("storage:aips:list"),
        transport=transport,
    ) as client:
        watch = partial(client.monitor, types=["aip_created_event"])
        async with asyncio.timeout(30), aclosing(follow(watch, first_pause=0.2)) as events:
            async for event in events:
                if isinstance(event, MonitorPingEvent):
                    async with Dashboard(storage_server) as dashboard:
                        created.append(await dashboard.create_aip())
                elif isinstance(event, AIPCreatedEvent):
                    seen.append(str(event.uuid))
                    if len(seen) == 2:
                        break
                    storage_server.stop()
                    storage_server = StorageServer(folder, SERVICE_HTTP__PORT=port)
                    storage_server.start()
    storage_server.stop()
    assert seen == created[:2]


async def test_who_was_away_for_too_long_is_told(tmp_path: Path) -> None:
    kept = {"SERVICE_EVENTS__KEEP_COUNT": "2"}
    with StorageServer(tmp_path / "data", **kept) as server:
        async with aclosing(by_sse(server)) as stream:
            last_id = id_of((await next_frames(stream, 1))[0])
        async with Dashboard(server) as dashboard:
            for _ in range(5):
                await dashboard.create_aip()
        server.stop()
        server.start()
        # The oldest go as soon as it has started.
        await asyncio.sleep(1)
        async with aclosing(by_sse(server, last_id)) as stream:
            hello, reset = await next_frames(stream, 2)
    assert id_of(hello) == last_id
    assert (reset.tag, reset.value) == ("storage_reset_event", {"reason": "expired"})
    assert reset.position == 5


async def test_a_new_epoch_makes_everybody_load_again(storage_server: StorageServer) -> None:
    async with Dashboard(storage_server) as dashboard:
        await dashboard.create_aip()
        last_id = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
    settings = environment(storage_server.folder)
    run = partial(
        subprocess.run,
        command("events", "new-epoch"),
        env=settings,
        cwd=storage_server.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (await asyncio.to_thread(run)).returncode == 1
    storage_server.stop()
    told = await asyncio.to_thread(run)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("A new epoch of the events has begun: ")
    storage_server.start()
    async with aclosing(by_sse(storage_server, last_id)) as stream:
        hello, reset = await next_frames(stream, 2)
    assert id_of(hello) == last_id
    assert reset.value == {"reason": "other_epoch"}
    assert reset.epoch > hello.epoch


async def test_a_new_epoch_is_noticed_by_processes_that_serve(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    redis = {"SERVICE_EVENTS__URL": redis_server.url}
    with StorageServer(tmp_path, **redis) as server:
        async with Dashboard(server) as dashboard, dashboard.watch("*") as watching:
            await dashboard.create_aip()
            last_id = id_of((await watching.frames(2))[-1])
            told = await asyncio.to_thread(
                subprocess.run,
                command("events", "new-epoch"),
                env=environment(tmp_path, **redis),
                cwd=tmp_path,
                capture_output=True,
                check=False,
            )
            assert told.returncode == 0, told.stderr
            assert (await watching.closed())[0] == 1012
            await dashboard.create_aip()
        async with aclosing(by_sse(server, last_id)) as stream:
            hello, reset = await next_frames(stream, 2)
        assert id_of(hello) == last_id
        assert reset.value == {"reason": "other_epoch"}
        assert reset.epoch > hello.epoch


@pytest.mark.parametrize(
    ("ahead", "reason"), [(1, "future"), (10**15, "future"), (None, "malformed")]
)
async def test_a_position_that_cannot_be_is_told_apart(
    shared_server: StorageServer, ahead: int | None, reason: str
) -> None:
    async with Dashboard(shared_server) as dashboard:
        await dashboard.create_aip()
        newest = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
    epoch, _, position = newest.partition("-")
    asked = "yesterday" if ahead is None else f"{epoch}-{int(position) + ahead}"
    async with aclosing(by_sse(shared_server, asked)) as stream:
        hello, reset = await next_frames(stream, 2)
    assert hello.value == {"message": "Hello"}
    assert (reset.tag, reset.value) == ("storage_reset_event", {"reason": reason})
    assert id_of(reset) == newest


async def test_an_unknown_type_is_refused_before_the_stream(shared_server: StorageServer) -> None:
    async with Dashboard(shared_server) as dashboard:
        answer = await dashboard.ask("GET", "/storage/monitor?types=aip_gone_event")
    assert answer.status_code == 400
    assert "aip_created_event" in answer.json()["message"]
