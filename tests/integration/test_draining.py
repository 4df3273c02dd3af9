"""From the signal on: nobody new, nobody all at once, and no request cut off."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

import httpx2
from websockets.exceptions import ConnectionClosed

from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard, Watching
from tests.servers.storage_service import StorageServer

EACH = 10
DRAIN_SECONDS = 4.0
SPREAD_SECONDS = 3.0
"""Connections are ended over three quarters of the time."""


async def read_to_the_end(stack: AsyncExitStack, server: StorageServer) -> asyncio.Task[list[str]]:
    """Watch over server-sent events; the task returns the lines of data once the answer ends."""
    http = await stack.enter_async_context(httpx2.AsyncClient(base_url=server.url, timeout=20))
    headers = {"Authorization": f"Bearer {server.token('*')}"}
    answer = await stack.enter_async_context(
        http.stream("GET", "/storage/monitor", headers=headers)
    )
    lines = answer.aiter_lines()
    assert (await anext(lines)).startswith("id: ")

    async def rest() -> list[str]:
        # An answer that is cut instead of ended raises.
        return [line async for line in lines if line.startswith("data: ")]

    return asyncio.create_task(rest())


async def ended_at(task: asyncio.Task[object]) -> float:
    await task
    return time.monotonic()


async def test_watchers_are_ended_one_after_the_other_with_all_that_was_due(
    tmp_path: Path,
) -> None:
    server = StorageServer(tmp_path, SERVICE_HTTP__DRAIN_SECONDS=str(DRAIN_SECONDS))
    server.start()
    async with Dashboard(server) as dashboard, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(dashboard.watch("*")) for _ in range(EACH)]
        streams = [await read_to_the_end(stack, server) for _ in range(EACH)]
        aip = await dashboard.create_aip()
        os.kill(server.pid, signal.SIGTERM)
        began = time.monotonic()

        closings = [asyncio.create_task(socket_end(watching)) for watching in sockets]
        all_ends = [asyncio.create_task(ended_at(each)) for each in (*closings, *streams)]
        # The signal is noticed within a tenth of a second.
        await asyncio.sleep(0.5)
        refused = await dashboard.ask("POST", "/storage/monitor")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert "come back" in refused.json()["message"]
        assert (await dashboard.ask("GET", f"/storage/aips/{aip}")).status_code == 200

        ends = sorted([await each - began for each in all_ends])
        for tags, code in [await each for each in closings]:
            assert tags[-1] == "aip_created_event"
            assert code == 1012
        for lines in [await each for each in streams]:
            assert aip in lines[-1]
    server.stop()
    assert ends[0] < SPREAD_SECONDS / 2
    assert ends[-1] > SPREAD_SECONDS * 0.9
    assert max(later - earlier for earlier, later in pairwise(ends)) < SPREAD_SECONDS / 2
    assert errors(server.log()) == []


async def socket_end(watching: Watching) -> tuple[list[str], int]:
    """Read to the end: the kinds of the frames before it, and its code."""
    tags = []
    while True:
        try:
            tags.append((await watching.frame()).tag)
        except ConnectionClosed as closed:
            return tags, closed.rcvd.code if closed.rcvd else 1006
