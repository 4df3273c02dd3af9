"""Redis is away for ten seconds, in four ways: nobody waits for it, and nobody misses anything.

The four happen side by side, each to a Redis of its own with two serving processes: one is called,
the other is watched.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import redis

from tests.faults.account import read_log
from tests.faults.comparison import Journal, difference, documents_of, id_of
from tests.faults.processes import suspended
from tests.faults.subscriber import OverSSE, OverWebSocket, Subscriber, running
from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until

BEFORE, OUTAGE, AFTER = 5.0, 10.0, 3.0
PAUSE: Final = 0.02
"""Seconds between two operations, so that four callers do not fill the machine."""
AT_LEAST: Final = 0.3
"""Of the rate before.  An operation that waited for Redis would come to 0.05; a machine that does
other things meanwhile may well come to half."""
POLL: Final = 1.0
"""Half of the events must arrive within this.  The table is looked at after a quarter of a second
once Redis is known to be away, which takes up to two; a loaded machine adds to that."""
LATEST: Final = 5.0
TICKET_SECONDS: Final = 4.0
"""Within which a ticket is refused: Redis has two to connect or to answer."""

Strike = Callable[["RedisServer"], None]


def stop(server: RedisServer) -> None:
    with suspended(server.pid):
        time.sleep(OUTAGE)


def kill(server: RedisServer) -> None:
    server.kill()
    time.sleep(OUTAGE)
    server.start()


def kill_connections(server: RedisServer) -> None:
    end = time.monotonic() + OUTAGE
    with redis.Redis.from_url(server.url) as client:
        while time.monotonic() < end:
            for kind in ("normal", "pubsub"):
                client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
            time.sleep(0.05)


def pause(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.execute_command("CLIENT", "PAUSE", int(OUTAGE * 1000), "ALL")
    time.sleep(OUTAGE)


WAYS: Final[dict[str, Strike]] = {
    "stop": stop,
    "kill": kill,
    "client kill": kill_connections,
    "client pause": pause,
}


@dataclass
class Operation:
    """A package that was recorded, and when its caller was told so."""

    uuid: str
    began: float
    ended: float


@dataclass
class Scene:
    """A Redis, and the two processes that it connects."""

    way: str
    redis: RedisServer
    called: StorageServer
    watched: StorageServer
    operations: list[Operation] = field(default_factory=list)
    phases: dict[str, tuple[float, float]] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)
    """Within which half of the events of a phase came to who watches the other process."""

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.called.folder / 'storage.db'}"

    def subscribers(self) -> list[Subscriber]:
        """One here and one there."""

        def token() -> str:
            return self.called.token("*")

        return [
            OverSSE("called", lambda: self.called.url, token, None),
            OverWebSocket("watched", lambda: self.watched.url, token, None),
        ]

    def during(self, phase: str) -> list[Operation]:
        """The operations that were begun in a phase."""
        began, ended = self.phases[phase]
        return [each for each in self.operations if began <= each.began < ended]

    def rate(self, phase: str) -> float:
        """Operations a second, by one caller after the other."""
        seconds = sum(each.ended - each.began for each in self.during(phase))
        return len(self.during(phase)) / seconds


async def test_an_outage_of_redis_delays_no_operation_and_loses_no_event(tmp_path: Path) -> None:
    with ExitStack() as stack:
        scenes = [prepare(stack, tmp_path / way.replace(" ", "-"), way) for way in WAYS]
        servers = [server for scene in scenes for server in (scene.called, scene.watched)]
        with ThreadPoolExecutor(2) as starters:
            list(starters.map(StorageServer.start, servers))
        await asyncio.gather(*(play(scene) for scene in scenes))
    for server in servers:
        assert errors(server.log()) == []
    for scene in scenes:
        tell(scene)
    for scene in scenes:
        assert scene.rate("outage") > AT_LEAST * scene.rate("before"), scene.way


def prepare(stack: ExitStack, folder: Path, way: str) -> Scene:
    server = stack.enter_context(RedisServer())
    settings = {"SERVICE_EVENTS__URL": server.url}
    called, watched = (StorageServer(folder, name, **settings) for name in ("one", "two"))
    for each in (called, watched):
        stack.callback(each.stop)
    return Scene(way, server, called, watched)


async def play(scene: Scene) -> None:
    """Call and watch before, during and after the outage, and see that all arrived in time."""
    subscribers = scene.subscribers()
    async with (
        Dashboard(scene.called) as called,
        Dashboard(scene.watched) as watched,
        running(subscribers) as check,
    ):
        await until(lambda: all(each.last_id for each in subscribers), seconds=20)
        enough = asyncio.Event()
        operating = asyncio.create_task(operate(scene, called, enough))
        async with phase(scene, "before"):
            await asyncio.sleep(BEFORE)
        async with phase(scene, "outage"):
            striking = asyncio.create_task(asyncio.to_thread(WAYS[scene.way], scene.redis))
            await asyncio.sleep(OUTAGE / 2)
            await look_around(scene, called, watched)
            await striking
        await ready(called, watched)
        # The first to ask is not told of an outage that is over.
        assert (await called.ask("POST", "/storage/monitor")).status_code == 200
        async with phase(scene, "after"):
            await asyncio.sleep(AFTER)
        enough.set()
        await operating
        epoch, events = await read_log(scene.database_url)
        due = documents_of(events, epoch)
        await until(lambda: all(each.last_id == id_of(due[-1]) for each in subscribers))
        check()
    for subscriber in subscribers:
        assert not (found := difference(due, subscriber.seen, Journal())), (scene.way, found)
        assert len(subscriber.seen.connections) == 1, "who watches notices nothing"
        for name in scene.phases:
            late = lateness(scene.during(name), subscriber)
            scene.late[name] = median(late)
            assert median(late) < POLL, (scene.way, subscriber.seen.name, name)
            assert max(late) < LATEST, (scene.way, subscriber.seen.name, name)


async def operate(scene: Scene, dashboard: Dashboard, enough: asyncio.Event) -> None:
    while not enough.is_set():
        began = time.monotonic()
        uuid = await dashboard.create_aip()
        scene.operations.append(Operation(uuid, began, time.monotonic()))
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def phase(scene: Scene, name: str) -> AsyncIterator[None]:
    began = time.monotonic()
    yield
    scene.phases[name] = (began, time.monotonic())


async def look_around(scene: Scene, *dashboards: Dashboard) -> None:
    """In the midst of the outage: what does not work says so at once, the rest works."""
    for dashboard in dashboards:
        began = time.monotonic()
        answer = await dashboard.ask("POST", "/storage/monitor")
        assert time.monotonic() - began < TICKET_SECONDS
        if scene.way == "client kill":
            # It may be that nobody is cut off at that very moment.
            assert answer.status_code in (200, 503)
        else:
            assert answer.status_code == 503
            assert "set-cookie" not in answer.headers
        health = await dashboard.ask("GET", "/healthz")
        assert health.status_code == 200
        if scene.way != "client kill":
            assert health.json() == {
                "status": "degraded",
                "by": ["doorbell"],
                "why": ["doorbell: events may come a second late"],
            }
    newcomer = OverWebSocket(
        "newcomer", lambda: scene.watched.url, lambda: scene.called.token("*"), None
    )
    async with running([newcomer]):
        await until(lambda: len(newcomer.seen.documents) > 2)


async def ready(*dashboards: Dashboard) -> None:
    """Wait until Redis is heard again."""
    async with asyncio.timeout(10):
        for dashboard in dashboards:
            while True:
                if (await dashboard.ask("GET", "/healthz")).json() == {"status": "ready"}:
                    break
                await asyncio.sleep(0.05)


def lateness(operations: Iterable[Operation], subscriber: Subscriber) -> list[float]:
    """How long after its caller was told each operation was told here, in seconds."""
    seen = subscriber.seen
    came = dict(zip(map(uuid_of, seen.documents), seen.times, strict=True))
    return [max(came[each.uuid] - each.ended, 0) for each in operations]


def uuid_of(document: str) -> str:
    uuid: str = json.loads(document)["value"]["value"]["uuid"]
    return uuid


def tell(scene: Scene) -> None:
    phases = ", ".join(
        f"{scene.rate(name):.0f}/s {name} (seen within {scene.late[name]:.2f} s)"
        for name in scene.phases
    )
    print(f"\n{scene.way}: {len(scene.operations)} operations, {phases}; 0 missing, 0 repeated")
