"""A long day: two hundred watchers of all sorts, while twenty things happen every second.

Half of the watchers come over each transport.  Most just read; some are slow, though not too slow;
some go away every few seconds without a word and come back with their last id.  They have different
rights, and each must see every event that it may see, once and in order.
"""

from __future__ import annotations

import asyncio
import sqlite3
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from statistics import linear_regression
from typing import Final

from tests.integration.dashboard import Dashboard
from tests.integration.meanwhile import meanwhile
from tests.integration.memory import memory
from tests.integration.readers import READERS, Document, Reader
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until
from tests.visibility import PING, visible_tags

CLIENTS: Final = 200
EVENTS_A_SECOND: Final = 20
CALLERS: Final = 4
HABITS: Final = 20
"""Of so many watchers one is slow, and one comes and goes."""
SLOW_SECONDS: Final = 3.0
STAYS_SECONDS: Final = (4.0, 12.0)
SAMPLE_SECONDS: Final = 1.0
CATCH_UP_SECONDS: Final = 60.0
"""How long the last events may take to everybody; heartbeats come every ten seconds."""

RIGHTS: Final = (
    ("*",),
    ("storage:aips:*",),
    ("storage:locations:*",),
    ("storage:aips:list", "storage:locations:list"),
    ("storage:aips:read",),
    ("storage:aips:create",),
    (),
)


@dataclass
class Member:
    """One watcher, over all its connections."""

    number: int
    rights: tuple[str, ...]
    began_at: int | None = None
    """The position of the first Hello."""
    positions: array[int] = field(default_factory=lambda: array("q"))
    reader: Reader | None = None
    connections: int = 0
    unasked_ends: list[int | None] = field(default_factory=list)

    @property
    def kind(self) -> type[Reader]:
        return READERS["websocket" if self.number % 2 else "sse"]

    @property
    def served(self) -> int:
        return self.reader.position if self.reader else 0

    def take(self, document: Document) -> None:
        if document.tag != PING:
            self.positions.append(document.position)
        elif self.began_at is None:
            self.began_at = document.position


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    seconds: float
    members: Sequence[Member]
    logged: Sequence[tuple[int, str]]
    memory: Sequence[int]
    """Bytes that the service had in memory, every second."""

    @property
    def frames(self) -> int:
        """How many events reached a watcher."""
        return sum(len(member.positions) for member in self.members)

    @property
    def connections(self) -> int:
        """How often anybody connected."""
        return sum(member.connections for member in self.members)

    @property
    def settled(self) -> Sequence[int]:
        """The memory after the first third, in which caches fill."""
        return self.memory[len(self.memory) // 3 :]

    @property
    def growth(self) -> float:
        """By how many bytes the memory grew after that: along the line that fits it best."""
        seconds = range(len(self.settled))
        return linear_regression(seconds, self.settled).slope * len(self.settled)

    def missed(self) -> dict[int, int]:
        """Return who saw something else than it may see, and by how many events that differs."""
        found = {}
        for member in self.members:
            tags = visible_tags(member.rights)
            assert member.began_at is not None
            due = [at for at, tag in self.logged if at > member.began_at and tag in tags]
            if due != list(member.positions):
                found[member.number] = len(set(due) ^ set(member.positions)) or -1
        return found

    def __str__(self) -> str:
        first, settled, last = self.memory[0], self.settled[0], self.memory[-1]
        return (
            f"{self.seconds:.0f} s: {len(self.logged)} events, {self.frames} frames to"
            f" {len(self.members)} watchers over {self.connections} connections;"
            f" memory {_mib(first)} at first, {_mib(settled)} after a third, {_mib(last)} at the end,"
            f" along the line since then {_mib(self.growth)}"
        )


async def soak(server: StorageServer, seconds: float, *, seed: int = 1) -> Outcome:
    """Let it go on for so long, or a little longer where the machine cannot keep up."""
    members = [Member(*each) for each in zip(range(CLIENTS), cycle(RIGHTS), strict=False)]
    random = Random(seed)
    began = asyncio.get_running_loop().time()
    async with _connected(server, members), memory(server, SAMPLE_SECONDS) as sizes:
        async with meanwhile(*(_live(server, member, random) for member in members)):
            await _happen(server, round(seconds * EVENTS_A_SECOND))
        logged = _logged(server)
        await _all_back(server, members)
        # From now on nobody goes: whoever does so before a heartbeat never learns how far it is.
        await _all_served(members, logged[-1][0])
    return Outcome(asyncio.get_running_loop().time() - began, members, logged, sizes)


@asynccontextmanager
async def _connected(server: StorageServer, members: Sequence[Member]) -> AsyncIterator[None]:
    try:
        for member in members:
            await _connect(server, member)
        yield
    finally:
        for member in members:
            if member.reader is not None:
                await member.reader.leave()


async def _connect(server: StorageServer, member: Member) -> None:
    last_id = member.reader.last_id if member.reader else None
    member.connections += 1
    token = server.token(*member.rights, ttl=24 * 3600, subject=f"watcher {member.number}")
    reader = await member.kind.open(server.url, token, last_id=last_id, take=member.take)
    assert reader.status in (101, 200), reader.status
    member.reader = reader


async def _live(server: StorageServer, member: Member, random: Random) -> None:
    """Read until the end, each in its way; whoever is dropped comes back."""
    habit = member.number // 2 % HABITS
    while True:
        assert member.reader is not None
        reader = member.reader
        try:
            async with asyncio.timeout(random.uniform(*STAYS_SECONDS) if habit == 1 else None):
                if habit == 0:
                    await _read_slowly(reader)
                await reader.ended.wait()
                member.unasked_ends.append(reader.code)
        except TimeoutError:
            await reader.leave()
        await _connect(server, member)


async def _read_slowly(reader: Reader) -> None:
    try:
        while not reader.ended.is_set():
            reader.pause()
            await asyncio.sleep(SLOW_SECONDS)
            reader.resume()
            await asyncio.sleep(0.1)
    finally:
        reader.resume()


async def _happen(server: StorageServer, count: int) -> None:
    """Make so many changes, twenty a second; what could not be made in time is made later."""
    async with Dashboard(server) as dashboard:
        locations = [await dashboard.create_location() for _ in range(5)]
        packages: list[str] = []
        loop = asyncio.get_running_loop()
        began = loop.time()
        numbers = iter(range(count))

        async def call() -> None:
            for number in numbers:
                await asyncio.sleep(began + number / EVENTS_A_SECOND - loop.time())
                if number % 2:
                    location = locations[number % len(locations)]
                    change = {"description": f"turn {number}"}
                    await _ask(dashboard, "PATCH", f"locations/{location}", change)
                elif packages:
                    await _ask(dashboard, "POST", f"aips/{packages.pop()}/reject")
                else:
                    packages.append(await dashboard.create_aip(f"box {number}"))

        await asyncio.gather(*(call() for _ in range(CALLERS)))


async def _ask(dashboard: Dashboard, method: str, path: str, body: object = None) -> None:
    answer = await dashboard.ask(method, f"/storage/{path}", body)
    assert answer.is_success, answer.text


async def _all_back(server: StorageServer, members: Sequence[Member]) -> None:
    for member in members:
        if member.reader is None or member.reader.ended.is_set():
            await _connect(server, member)


async def _all_served(members: Sequence[Member], position: int) -> None:
    """Wait until everybody has been served up to a position: heartbeats tell it too."""
    await until(
        lambda: all(member.served >= position for member in members), seconds=CATCH_UP_SECONDS
    )


def _logged(server: StorageServer) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(server.folder / "storage.db")) as database:
        return database.execute("SELECT position, tag FROM event ORDER BY position").fetchall()


def _mib(size: float) -> str:
    return f"{size / 1024**2:.1f} MiB"
