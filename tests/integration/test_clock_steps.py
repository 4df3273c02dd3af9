"""The time of day is set, forward and back, while the service runs: only rights go by it."""

from __future__ import annotations

import asyncio
import subprocess
import time
from contextlib import aclosing
from pathlib import Path
from typing import Final

import pytest

from tests.faults.account import read_log
from tests.faults.comparison import Journal, difference, documents_of
from tests.faults.subscriber import OverSSE, OverWebSocket, running
from tests.faults.wall_clock import WallClock
from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.integration.test_resuming import by_sse, next_frames
from tests.integration.test_resuming import id_of as id_of_frame
from tests.servers.storage_service import StorageServer, command, environment
from tests.unit.runtime.waiting import until

HOUR: Final = 3600
HEARTBEAT: Final = 10.0


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path)


def database_url(server: StorageServer) -> str:
    return f"sqlite:///{server.folder / 'storage.db'}"


async def test_events_and_heartbeats_come_as_ever(tmp_path: Path, clock: WallClock) -> None:
    settings = {**clock.environment, "SERVICE_AUTH__MODE": "off"}
    with StorageServer(tmp_path / "data", **settings) as server:
        async with Dashboard(server) as dashboard:
            kinds = (OverWebSocket, OverSSE)
            watching = [
                kind(kind.__name__, lambda: server.url, lambda: "none", None) for kind in kinds
            ]
            began = time.monotonic()
            async with running(watching) as check:
                await until(lambda: all(each.last_id for each in watching))
                for step in (0, 2 * HOUR, -2 * HOUR, 0):
                    clock.step(step)
                    await dashboard.create_aip()
                epoch, events = await read_log(database_url(server))
                await until(lambda: all(len(each.seen.documents) == 4 for each in watching))
                await until(
                    lambda: all(each.heartbeats > 1 for each in watching), seconds=HEARTBEAT + 5
                )
                beats, seconds = max(each.heartbeats for each in watching), time.monotonic() - began
                check()
        assert errors(server.log()) == []
    recorded = [event.recorded_at for event in events]
    assert recorded[2] < recorded[0] < recorded[1], "the clock was set"
    for each in watching:
        assert not (found := difference(documents_of(events, epoch), each.seen, Journal())), found
        assert len(each.seen.connections) == 1
    assert beats - 1 <= seconds / HEARTBEAT, "none is made up for"


async def test_a_right_ends_when_the_clock_says_so(tmp_path: Path, clock: WallClock) -> None:
    with StorageServer(tmp_path / "data", **clock.environment) as server:
        short, long = (server.token("*", ttl=ttl) for ttl in (HOUR, 24 * HOUR))
        async with (
            Dashboard(server) as dashboard,
            dashboard.watch("*", ttl=HOUR) as ending,
            dashboard.watch("*", ttl=24 * HOUR) as staying,
        ):
            ticket = await dashboard.ticket("*", ttl=24 * HOUR)
            clock.step(2 * HOUR)
            assert (await dashboard.ask("GET", "/storage/aips", token=short)).status_code == 401
            assert (await dashboard.ask("GET", "/storage/aips", token=long)).status_code == 200
            async with dashboard.open(ticket) as socket:
                # A ticket is good for five seconds, and no time has passed.
                assert "Hello" in str(await socket.recv())
            assert (await staying.frame()).value == {"message": "Hello"}
            # Seen at the next event or heartbeat, whichever comes first.
            assert await ending.closed(HEARTBEAT + 5) == (4001, "authenticate again")
            clock.step(0)
            assert (await dashboard.ask("GET", "/storage/aips", token=short)).status_code == 200
            uuid = await dashboard.create_aip()
            await staying.until("aip_created_event", uuid=uuid)
        assert errors(server.log()) == []


async def test_what_the_clock_makes_old_goes_and_who_needs_it_is_told(
    tmp_path: Path, clock: WallClock
) -> None:
    settings = {
        **clock.environment,
        "SERVICE_AUTH__MODE": "off",
        "SERVICE_EVENTS__KEEP_SECONDS": str(HOUR),
    }
    with StorageServer(tmp_path / "data", **settings) as server:
        async with Dashboard(server) as dashboard:
            start = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
            await dashboard.create_aip()
            clock.step(2 * HOUR)
            # The oldest go as soon as it has started.
            await asyncio.to_thread(restart, server)
        async with Dashboard(server) as dashboard:
            await until_pruned(server)
            assert await answer_to(server, start) == {"reason": "expired"}
            clock.step(-2 * HOUR)
            newest = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
            created = [await dashboard.create_aip() for _ in range(2)]
            async with aclosing(by_sse(server, newest)) as stream:
                hello, *frames = await next_frames(stream, 3)
            assert id_of_frame(hello) == newest
            assert [frame.value["uuid"] for frame in frames] == created
        server.stop()
        begun = await asyncio.to_thread(begin_epoch, server, settings)
        assert begun.returncode == 0, begun.stderr
        server.start()
        # Although the clock is behind what it was when the old one began.
        assert await answer_to(server, newest) == {"reason": "other_epoch"}
        assert (await read_log(database_url(server)))[0] > int(newest.partition("-")[0])


def restart(server: StorageServer) -> None:
    server.stop()
    server.start()


async def until_pruned(server: StorageServer) -> None:
    async with asyncio.timeout(20):
        while True:
            if not (await read_log(database_url(server)))[1]:
                return
            await asyncio.sleep(0.1)


async def answer_to(server: StorageServer, last_id: str) -> dict[str, object]:
    """The reset with which a position is answered."""
    async with aclosing(by_sse(server, last_id)) as stream:
        hello, reset = await next_frames(stream, 2)
    assert id_of_frame(hello) == last_id
    assert reset.tag == "storage_reset_event"
    return reset.value


def begin_epoch(
    server: StorageServer, settings: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("events", "new-epoch"),
        env=environment(server.folder, **settings),
        cwd=server.folder,
        capture_output=True,
        text=True,
        check=False,
    )
