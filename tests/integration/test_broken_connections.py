"""Connections that are cut, delayed, half-open: who comes back misses nothing, whoever broke it."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from typing import Final

from tests.faults.account import read_log
from tests.faults.comparison import Journal, difference, documents_of, id_of
from tests.faults.processes import suspended
from tests.faults.proxy import Proxy
from tests.faults.subscriber import SILENCE, OverSSE, OverWebSocket, Subscriber, running
from tests.integration.conftest import Pair, errors
from tests.integration.dashboard import Dashboard
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer, command, environment
from tests.unit.runtime.waiting import until

SEED: Final = 4
TIMES: Final = 3
"""How often each fault strikes."""
IMPATIENCE: Final = 1.0
"""Seconds of silence after which a subscriber comes back by itself, where something happens all the
time: so that a test need not wait until a heartbeat stays away."""
TWO_HEARTBEATS: Final = 20.0
LATE: Final = 4.0
"""How much later a loaded machine may do something than it should."""


def slow_down(proxy: Proxy) -> None:
    proxy.to_client.latency = proxy.to_service.latency = 0.1


def narrow(proxy: Proxy) -> None:
    proxy.to_client.bandwidth = 20_000


def mend(proxy: Proxy) -> None:
    for way in (proxy.to_client, proxy.to_service):
        way.latency, way.bandwidth = 0.0, None
        way.go_on()


FAULTS: Final[dict[str, Callable[[Proxy], None]]] = {
    "a cut": Proxy.cut,
    "a reset": Proxy.reset,
    "an end to the client": Proxy.finish_to_client,
    "an end to the service": Proxy.finish_to_service,
    "a line that leads nowhere": Proxy.lose,
    "latency": slow_down,
    "little bandwidth": narrow,
    "a stall": lambda proxy: proxy.to_client.stall(),
}


def subscribe(server: StorageServer, url: str, start: str, silence: float) -> list[Subscriber]:
    """One on each transport."""
    return [
        kind(name, lambda: url, lambda: server.token("*"), start, silence=silence)
        for name, kind in (("websocket", OverWebSocket), ("sse", OverSSE))
    ]


async def position(dashboard: Dashboard) -> str:
    position: str = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
    return position


async def judge(server: StorageServer, subscribers: Sequence[Subscriber], journal: Journal) -> None:
    """See that everybody has seen all that there is in the log."""
    epoch, events = await read_log(f"sqlite:///{server.folder / 'storage.db'}")
    due = documents_of(events, epoch)
    await until(lambda: all(each.last_id == id_of(due[-1]) for each in subscribers), seconds=30)
    for each in subscribers:
        assert not (found := difference(due, each.seen, journal)), found


@asynccontextmanager
async def happening(dashboard: Dashboard) -> AsyncIterator[None]:
    """Let packages be recorded, one after the other."""

    async def record() -> None:
        while not enough.is_set():
            await dashboard.create_aip()

    enough = asyncio.Event()
    recording = asyncio.create_task(record())
    yield
    enough.set()
    await recording


async def test_whatever_happens_to_a_connection_nothing_is_missed(tmp_path: Path) -> None:
    random, journal = Random(SEED), Journal()
    with StorageServer(tmp_path / "data") as server, Proxy(server.url) as proxy:
        async with Dashboard(server) as dashboard:
            subscribers = subscribe(server, proxy.url, await position(dashboard), IMPATIENCE)
            async with running(subscribers) as check:
                async with happening(dashboard):
                    strikes = [*FAULTS] * TIMES
                    random.shuffle(strikes)
                    for name in strikes:
                        mend(proxy)
                        await until(lambda: len(proxy.open) >= len(subscribers))
                        journal.note(name)
                        FAULTS[name](proxy)
                        await asyncio.sleep(random.uniform(0.05, 0.4))
                    mend(proxy)
                await judge(server, subscribers, journal)
                check()
        assert errors(server.log()) == []
    for each in subscribers:
        assert len(each.seen.connections) > TIMES


async def test_who_is_gone_without_a_word_is_let_go_within_two_heartbeats(tmp_path: Path) -> None:
    """A cable is pulled, and the command that watches stands still: one wait for both.

    The command goes on as if nothing had been, and shows everything once.
    """
    with (
        StorageServer(tmp_path / "data") as server,
        Proxy(server.url) as pulled,
        Proxy(server.url) as still,
        watching(server, still.url) as (process, lines),
    ):
        async with Dashboard(server) as dashboard:
            socket, _ = subscribe(server, pulled.url, await position(dashboard), SILENCE)
            async with running([socket]):
                await until(lambda: socket.last_id is not None and len(still.open) == 1, seconds=20)
                await until(lambda: "connected" in lines.read_text(), seconds=20)
                [victim], [sleeper] = pulled.open, still.open
                pulled.lose()
                began = time.monotonic()
                with suspended(process.pid):
                    created = [await dashboard.create_aip() for _ in range(5)]
                    await until(
                        lambda: {victim.ended_by, sleeper.ended_by} == {"service"},
                        seconds=TWO_HEARTBEATS + LATE,
                    )
                created.append(await dashboard.create_aip())
                await until(lambda: len(shown(lines)) == len(created), seconds=30)
                await judge(server, [socket], Journal())
        assert shown(lines) == created
        assert errors(server.log()) == []
        seconds = [each.ended_at - began for each in (victim, sleeper) if each.ended_at]
        print(f"\nlet go after {', '.join(f'{each:.1f} s' for each in seconds)}")


@contextmanager
def watching(server: StorageServer, url: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The command `storage-service watch`, and the file of what it prints."""
    lines = server.folder / "lines"
    with lines.open("wb") as file:
        process = subprocess.Popen(
            command("watch", "--attributes", "*", "--url", url),
            env=environment(server.folder, PYTHONUNBUFFERED="1"),
            cwd=server.folder,
            stdout=file,
            stderr=file,
        )
    try:
        yield process, lines
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


async def test_the_command_waits_until_a_refusal_of_the_moment_is_over(
    pair: Pair, redis_server: RedisServer
) -> None:
    with (
        Proxy(pair.first.url) as proxy,
        watching(pair.first, proxy.url) as (process, lines),
    ):
        async with Dashboard(pair.first) as dashboard:
            await until(lambda: " connected" in lines.read_text(), seconds=20)
            redis_server.stop()
            proxy.cut()
            created = [await dashboard.create_aip()]
            await until(lambda: "refused (" in lines.read_text(), seconds=20)
            redis_server.start()
            await until(lambda: shown(lines) == created, seconds=20)
        assert process.poll() is None


def shown(lines: Path) -> list[str]:
    """The packages whose recording was shown, in that order."""
    return re.findall(r"aip_created_event +AIP '\w+' (\S+)", lines.read_text())


async def test_a_serving_process_that_stands_still_goes_on_without_a_gap(pair: Pair) -> None:
    async with Dashboard(pair.second) as dashboard:
        start = await position(dashboard)
        after = int(start.partition("-")[2])
        subscribers = [
            subscribe(pair.first, pair.first.url, start, SILENCE)[0],
            subscribe(pair.first, pair.second.url, start, SILENCE)[1],
        ]
        async with running(subscribers) as check:
            await until(lambda: all(each.seen.connections for each in subscribers))
            await dashboard.create_aip()
            await until(lambda: all(each.seen.documents for each in subscribers))
            with suspended(pair.first.pid):
                created = [await dashboard.create_aip() for _ in range(20)]
                await until(lambda: len(subscribers[1].seen.documents) == len(created) + 1)
                assert len(subscribers[0].seen.documents) == 1
            epoch, events = await read_log(f"sqlite:///{pair.first.folder / 'storage.db'}")
            due = documents_of(events[after:], epoch)
            await until(lambda: all(each.last_id == id_of(due[-1]) for each in subscribers))
            check()
    for each in subscribers:
        assert not (found := difference(due, each.seen, Journal())), found
        assert len(each.seen.connections) == 1
