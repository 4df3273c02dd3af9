"""How connections end, and that whoever leaves badly harms nobody else.

Readers that stall, and what they cost, are driven more closely in
`tests/unit/runtime/monitor/test_websocket.py`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard, Watching
from tests.servers.storage_service import StorageServer

NO_LINGER = struct.pack("ii", 1, 0)
ACCESS_KEY, SECRET = "AKIAIOSFODNN7", "wJalrXUtnFEMI"

SEEN_WITH: dict[tuple[str, ...], list[str]] = {
    (): [],
    ("storage:locations:list",): ["location_created_event"],
    ("storage:aips:list",): ["aip_created_event"],
    ("storage:aips:*",): ["aip_created_event", "aip_updated_event"],
    ("*",): ["location_created_event", "aip_created_event", "aip_updated_event"],
}


@asynccontextmanager
async def crowd(dashboard: Dashboard, size: int) -> AsyncIterator[list[tuple[Watching, list[str]]]]:
    """So many watchers, greeted, each with the kinds of events that it may see."""
    doors = asyncio.Semaphore(20)
    async with AsyncExitStack() as stack:

        async def enter(rights: tuple[str, ...]) -> tuple[Watching, list[str]]:
            async with doors:
                watching = await stack.enter_async_context(dashboard.watch(*rights))
                assert (await watching.frame()).value == {"message": "Hello"}
            return watching, SEEN_WITH[rights]

        rights = list(SEEN_WITH) * (size // len(SEEN_WITH))
        yield list(await asyncio.gather(*map(enter, rights)))


def vanish(watching: Watching) -> None:
    """Drop the connection with a reset, as a machine that is switched off and on does."""
    transport = watching.socket.transport
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


async def add_s3_location(dashboard: Dashboard) -> str:
    value = {"bucket": "b", "region": "r", "key": ACCESS_KEY, "secret": SECRET}
    return await dashboard.create_location(source="s3", config={"type": "s3", "value": value})


async def test_two_hundred_watchers_see_exactly_theirs_until_the_server_stops(
    tmp_path: Path,
) -> None:
    server = StorageServer(tmp_path, SERVICE_LOG__LEVEL="debug")
    server.start()
    async with Dashboard(server) as dashboard, crowd(dashboard, 200) as watchers:
        async with crowd(dashboard, 20) as vanishing:
            for watching, _ in vanishing:
                vanish(watching)
        happened = await make_things_happen(dashboard)
        for watching, visible in watchers:
            expected = [tag for tag in happened if tag in visible]
            assert [frame.tag for frame in await watching.frames(len(expected))] == expected

        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        ends = await asyncio.gather(*(watching.closed() for watching, _ in watchers))
        seconds = await stopping
    assert {code for code, _ in ends} == {1012}
    assert seconds < 2
    assert errors(server.log()) == []
    hidden = [SECRET, ACCESS_KEY, *keys(server), *dashboard.credentials]
    assert [each for each in hidden if each in server.log()] == []


async def make_things_happen(dashboard: Dashboard) -> list[str]:
    for _ in range(3):
        await add_s3_location(dashboard)
        aip = await dashboard.create_aip()
        await dashboard.ask("POST", f"/storage/aips/{aip}/reject")
    return ["location_created_event", "aip_created_event", "aip_updated_event"] * 3


def keys(server: StorageServer) -> list[str]:
    """The keys of the server, in every form that a log could have them."""
    files = [(server.folder / name).read_bytes() for name in ("storage.key", "tokens.key")]
    forms = [(key.hex(), b64encode(key).decode(), urlsafe_b64encode(key).decode()) for key in files]
    return [form.rstrip("=") for each in forms for form in each]


async def test_a_connection_ends_with_the_token_behind_its_ticket(
    shared_server: StorageServer,
) -> None:
    async with Dashboard(shared_server) as dashboard, dashboard.watch("*", ttl=2) as watching:
        began = time.monotonic()
        assert await watching.closed() == (4001, "authenticate again")
    assert time.monotonic() - began < 2.5


async def test_what_a_client_says_is_read_and_dropped(shared_server: StorageServer) -> None:
    async with Dashboard(shared_server) as dashboard, dashboard.watch("*") as watching:
        await watching.frame()
        for words in ("hello", b"\x00", '{"type": "subscribe"}'):
            await watching.socket.send(words)
        await (await watching.socket.ping())
        aip = await dashboard.create_aip()
        assert (await watching.frame()).value["uuid"] == aip
