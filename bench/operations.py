"""Operations through HTTP: the service as it is beside the same without its events.

Both are real servers with the data of their own, in SQLite as `make run` has it.  A few callers at a
time create locations and packages, change locations and move packages, each as soon as it has its
answer; first on one server, then on the other, in turns short enough for both to meet the same machine,
and long enough that the first event after a pause, which is told without rest, counts for little.  What
is still to be told at the end of a turn is told before the next one begins, and not at its expense.
Each round has two servers of its own, so that nothing decides that stays with a process while it runs.
A move counts once its workflow is done.

They do so with nobody watching, with a thousand watchers who may see everything (browsers, as far as
the service can tell, or clients that take nothing compressed), and with events and tickets in a Redis
that is down.

How to read it: ``rate`` is operations a second, and its ratio what publishing leaves of it (1 would be
free), both the median of the turns; ``p99`` is that of all answers, in milliseconds.

Run: ``python -m bench.operations --rounds 5 --watchers 1000``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit
from uuid import uuid4

from tests.servers.process import end
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import PlainServer, StorageServer

CALLERS: Final = 4
SECONDS: Final = 3.0
PAUSE: Final = 0.7
"""Seconds between two turns.  A thousand watchers had been told of all after 0.4 to 0.6 of them."""
TURNS: Final = {"create": 3, "update": 3, "move": 2}
"""How many turns a round has; that of a move takes seconds.  One turn of a server differs from its next
by an eighth; and of three or four processes each, one that tells nobody was found slower than one that
tells a thousand.  So it takes many rounds before a median means something."""
PACKAGES: Final = 72
"""So that they take about as long to move as the other turns take."""
CONDITIONS: Final = ("nobody watches", "watchers", "plain watchers", "redis down")


class Silent(StorageServer):
    """The service with its events dropped."""

    module: ClassVar[str] = "bench.silent_service"


@dataclass
class Turn:
    """What one server did in one turn."""

    rate: float
    milliseconds: list[float]


def p99_of_rounds(turns: Sequence[Turn], number: int) -> list[float]:
    """Return that of each round's answers: of a single turn, which may have few, it would be the slowest."""
    return [
        statistics.quantiles((each for turn in some for each in turn.milliseconds), n=100)[98]
        for some in (turns[start : start + number] for start in range(0, len(turns), number))
    ]


@dataclass
class Line:
    """A connection that is kept, and asks one thing after another."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str
    milliseconds: list[float] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def open(cls, server: StorageServer) -> AsyncIterator[Line]:
        address = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        yield cls(reader, writer, server.token("*"))
        writer.close()

    async def ask(self, method: str, path: str, body: object) -> Any:
        content = json.dumps(body).encode()
        head = (
            f"{method} /storage/{path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(content)}\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        )
        began = time.perf_counter()
        self.writer.write(head.encode() + content)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(answer.lower().partition("content-length: ")[2].partition("\r\n")[0])
        content = await self.reader.readexactly(length)
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        if not answer.startswith("HTTP/1.1 2"):
            raise RuntimeError(f"{method} {path}: {answer}{content.decode()}")
        return json.loads(content) if content else None


class Bench:
    """One server, and who asks it."""

    def __init__(self, server: StorageServer) -> None:
        self.server = server
        self._numbers = count()
        self._locations: list[str] = []
        self._packages: list[str] = []
        self._at = 0

    @classmethod
    async def filled(cls, server: StorageServer) -> Bench:
        bench = cls(server)
        async with Line.open(server) as line:
            await bench._fill(line)
        await bench.move()
        return bench

    async def create(self) -> Turn:
        """Create a location and a package, and so on."""

        async def one(line: Line) -> None:
            if next(self._numbers) % 2:
                await self._create_location(line)
            else:
                await self._create_package(line)

        return await self._for_a_while(one)

    async def update(self) -> Turn:
        """Change one location after another."""

        async def one(line: Line) -> None:
            number = next(self._numbers)
            location = self._locations[number % len(self._locations)]
            await line.ask("PATCH", f"locations/{location}", {"description": f"turn {number}"})

        return await self._for_a_while(one)

    async def move(self) -> Turn:
        """Move all packages to the other location, and wait until they are there."""
        self._at = 1 - self._at
        there = {"location_uuid": self._locations[self._at]}
        waiting = iter(self._packages)

        async def some(line: Line) -> None:
            for package in waiting:
                await line.ask("POST", f"aips/{package}/store", there)

        began = time.perf_counter()
        milliseconds = await self._all(some)
        await asyncio.to_thread(self._until_moved)
        return Turn(len(self._packages) / (time.perf_counter() - began), milliseconds)

    async def _for_a_while(self, one: Callable[[Line], Awaitable[None]]) -> Turn:
        began = time.perf_counter()

        async def some(line: Line) -> None:
            while time.perf_counter() < began + SECONDS:
                await one(line)

        milliseconds = await self._all(some)
        return Turn(len(milliseconds) / (time.perf_counter() - began), milliseconds)

    async def _all(self, some: Callable[[Line], Awaitable[None]]) -> list[float]:
        # Connections of their own: the server drops those that are idle until the next turn.
        async with AsyncExitStack() as stack:
            lines = [
                await stack.enter_async_context(Line.open(self.server)) for _ in range(CALLERS)
            ]
            await asyncio.gather(*map(some, lines))
        return [each for line in lines for each in line.milliseconds]

    async def _fill(self, line: Line) -> None:
        self._locations = [await self._create_location(line) for _ in range(8)]
        self._packages = [await self._create_package(line) for _ in range(PACKAGES)]
        folder = self.server.folder / "internal" / "aips"
        folder.mkdir(parents=True)
        for package in self._packages:
            (folder / package).write_bytes(b"the bytes of a package")

    async def _create_location(self, line: Line) -> str:
        folder = self.server.folder / "locations" / str(next(self._numbers))
        body = {
            "name": "shelf",
            "source": "filesystem",
            "purpose": "aip_store",
            "config": {"type": "url", "value": {"url": folder.as_uri()}},
        }
        uuid: str = (await line.ask("POST", "locations", body))["uuid"]
        return uuid

    async def _create_package(self, line: Line) -> str:
        uuid = str(uuid4())
        body = {"uuid": uuid, "name": "letters", "object_key": str(uuid4()), "status": "stored"}
        await line.ask("POST", "aips", body)
        return uuid

    def _until_moved(self) -> None:
        """Look into the database itself, so that asking costs the service nothing."""
        moving = "SELECT count(*) FROM aip WHERE status <> 'stored'"
        with closing(sqlite3.connect(self.server.folder / "storage.db")) as database:
            while database.execute(moving).fetchone()[0]:
                time.sleep(0.005)


@contextmanager
def watched(server: StorageServer, count: int, *options: str) -> Iterator[None]:
    """Have a server watched by so many."""
    if not count:
        yield
        return
    watchers = subprocess.Popen(
        [sys.executable, "-m", "bench.watchers", server.url, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert watchers.stdin is not None
        assert watchers.stdout is not None
        for number in range(count):
            watchers.stdin.write(server.token("*", subject=f"watcher {number}").encode() + b"\n")
        watchers.stdin.close()
        if watchers.stdout.readline() != b"ready\n":
            raise RuntimeError("the watchers were not served")
        yield
        if watchers.poll() is not None:
            raise RuntimeError("a watcher was dropped")
    finally:
        end(watchers)


Found = dict[str, dict[type[StorageServer], list[Turn]]]


async def compare(servers: dict[type[StorageServer], StorageServer], found: Found) -> None:
    """Add the turns of one round to what was found."""
    benches = {kind: await Bench.filled(server) for kind, server in servers.items()}
    for name, turns in found.items():
        for number in range(TURNS[name]):
            for kind in list(benches) if number % 2 else list(benches)[::-1]:
                await asyncio.sleep(PAUSE)
                turns[kind].append(await getattr(benches[kind], name)())


def run(condition: str, rounds: int, watchers: int) -> Found:
    found: Found = {name: {kind: [] for kind in (PlainServer, Silent)} for name in TURNS}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, RedisServer() as redis:
            settings = {"SERVICE_LOG__LEVEL": "warning"}
            if condition == "redis down":
                settings["SERVICE_EVENTS__URL"] = redis.url
            with (
                PlainServer(Path(folder) / "loud", **settings) as loud,
                Silent(Path(folder) / "silent", **settings) as silent,
            ):
                redis.stop()
                count = watchers if condition.endswith("watchers") else 0
                options = ["--plain"] if condition.startswith("plain") else []
                with watched(loud, count, *options), watched(silent, count, *options):
                    asyncio.run(compare({PlainServer: loud, Silent: silent}, found))
    return found


def report(condition: str, found: Found) -> None:
    for name, turns in found.items():
        loud, silent = turns[PlainServer], turns[Silent]
        rates = [each.rate for each in loud], [each.rate for each in silent]
        p99s = p99_of_rounds(loud, TURNS[name]), p99_of_rounds(silent, TURNS[name])
        print(
            f"{condition:15} {name:7} rate {compared(*rates)}   p99 {compared(*p99s)}", flush=True
        )


def compared(loud: Sequence[float], silent: Sequence[float]) -> str:
    """Write the medians of both, and of their ratio with its standard error (1.25 times the mean's)."""
    ratios = [ours / theirs for ours, theirs in zip(loud, silent, strict=True)]
    error = 1.25 * statistics.stdev(ratios) / len(ratios) ** 0.5 if len(ratios) > 1 else math.nan
    median = statistics.median
    return (
        f"{median(loud):6.1f} of {median(silent):6.1f}  ratio {median(ratios):5.2f} ± {error:4.2f}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=CONDITIONS)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--watchers", type=int, default=1000)
    options = arguments.parse_args()
    print(
        f"with events, of the same without: {CALLERS} callers, medians of {options.rounds}"
        f" interleaved rounds, {options.watchers} watchers"
    )
    for condition in options.conditions:
        report(condition, run(condition, options.rounds, options.watchers))


if __name__ == "__main__":
    main()
