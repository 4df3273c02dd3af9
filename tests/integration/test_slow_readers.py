"""Readers that stall, or take a byte a second: what they cost the service, and everybody else.

The service is a process of its own, and its memory is what the system says.  Two hundred readers
read as they should, and see a part of what happens; twenty read nothing after Hello, and would see
all of it.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import httpx2
import pytest

from runtime.events.publisher import EncodedEvent
from tests.integration.memory import MIB, memory
from tests.integration.readers import LOST, NORMAL, READERS, Document, Reader
from tests.integration.telling import Teller, telling
from tests.servers.storage_service import PlainServer, StorageServer
from tests.unit.runtime.waiting import until

READING: Final = 200
STALLED: Final = 20
SMALL_BUFFER: Final = 4096
KIB: Final = 1024
SEEN: Final = "location_updated_event"
UNSEEN: Final = "aip_updated_event"
ONE_IN: Final = 40
"""Of so many events, those who read see one."""
TOO_SLOW: Final = 4008
LISTENS, OVER = "0A", "06"
"""States of a connection in the system's list: TCP_LISTEN, TCP_TIME_WAIT."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StorageServer]:
    with PlainServer(tmp_path / "data", SERVICE_LOG__LEVEL="info") as server:
        yield server


@dataclass
class Crowd:
    """Readers who read, and what they got."""

    readers: list[Reader] = field(default_factory=list)
    frames: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    def take(self, document: Document) -> None:
        if document.tag == SEEN:
            self.last_at = time.monotonic()
            self.first_at = self.first_at or self.last_at
            self.frames += 1

    async def seconds(self, teller: Teller, count: int, size: int) -> float:
        """Let so many events happen; return how long it took to bring everybody what it sees."""
        self.frames, self.first_at = 0, 0.0
        await teller.tell(events(count, size))
        await until(lambda: self.frames >= READING * (count // ONE_IN), seconds=120)
        return self.last_at - self.first_at


def events(count: int, size: int) -> list[EncodedEvent]:
    """So many events of so many bytes each; the first is more than any buffer takes."""
    tags = [UNSEEN if (number + 1) % ONE_IN else SEEN for number in range(count)]
    sizes = [512 * KIB] + [size] * (count - 1)
    return [
        EncodedEvent(tag, None, b'{"filler":"%b"}' % (b"x" * size))
        for tag, size in zip(tags, sizes, strict=True)
    ]


@asynccontextmanager
async def crowd(server: StorageServer) -> AsyncIterator[Crowd]:
    reading = Crowd()
    try:
        for number in range(READING):
            kind = READERS["websocket" if number % 2 else "sse"]
            token = server.token("storage:locations:list", subject=f"reader {number}")
            reading.readers.append(await kind.open(server.url, token, take=reading.take))
        yield reading
        assert not any(reader.ended.is_set() for reader in reading.readers)
    finally:
        for reader in reading.readers:
            await reader.leave()


@dataclass
class Lagging:
    """Somebody who may see everything, and does not read."""

    kind: str
    number: int
    positions: list[int] = field(default_factory=list)
    reader: Reader | None = None

    async def open(self, server: StorageServer, last_id: str | None = None) -> Reader:
        self.reader = await READERS[self.kind].open(
            server.url,
            server.token("*", subject=f"lagging {self.number}"),
            last_id=last_id,
            take=lambda document: self._take(document),
            receive_buffer=SMALL_BUFFER if last_id is None else None,
        )
        return self.reader

    def read_on(self) -> None:
        """Read what there is, and as fast as anybody."""
        assert self.reader is not None
        connected = self.reader.transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MIB)
        self.reader.resume()

    async def catch_up(self, server: StorageServer, count: int) -> None:
        """Come back, and see that so many events were seen in all, once and in order."""
        assert self.reader is not None
        reader = await self.open(server, self.reader.last_id)
        await reader.reach(count, seconds=120)
        assert self.positions == list(range(1, count + 1))
        await reader.leave()

    def _take(self, document: Document) -> None:
        if document.tag in (SEEN, UNSEEN):
            self.positions.append(document.position)


@asynccontextmanager
async def stalled(server: StorageServer) -> AsyncIterator[list[Lagging]]:
    lagging = [Lagging(list(READERS)[number % 2], number) for number in range(STALLED)]
    try:
        for each in lagging:
            (await each.open(server)).pause()
        yield lagging
    finally:
        for each in lagging:
            if each.reader is not None:
                await each.reader.leave()


async def test_stalled_readers_cost_little_are_told_and_come_back_without_a_loss(
    server: StorageServer,
) -> None:
    count = 1200  # 19 MiB; kept for each of the twenty it would be 375
    async with telling(server) as teller, crowd(server) as reading, stalled(server) as lagging:
        async with memory(server) as sizes:
            await reading.seconds(teller, count, 16 * KIB)
            # The service has given up on a WebSocket when it logs its end; five seconds later it
            # drops the connection, told or not.
            await until(lambda: server.log().count('"status": 101') == STALLED // 2, seconds=60)
        assert max(sizes) - sizes[0] < 64 * MIB
        for each in lagging:
            each.read_on()
        for each in lagging:
            assert each.reader is not None
            await asyncio.wait_for(each.reader.ended.wait(), 10)
            # The service waits five seconds for a WebSocket to read that it was too slow; where the
            # machine is busy, they may be over (tests/unit/runtime/monitor/test_websocket.py).
            told = TOO_SLOW if each.kind == "websocket" else NORMAL
            assert each.reader.code in (told, LOST), (each.kind, each.reader.code)
            assert len(each.positions) < count
        # The system may have dropped an event stream a moment before.
        assert STALLED // 2 <= await ended_as_slow(server) <= STALLED
        await asyncio.gather(*(each.catch_up(server, count) for each in lagging))


async def ended_as_slow(server: StorageServer) -> int:
    """How many connections the service says that it ended because they were too slow."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        text = (await http.get(server.metrics_url)).text
    [found] = re.findall(
        r'^storage_monitor_ended_total\{ending="slow"\} (\S+)$', text, re.MULTILINE
    )
    return int(float(found))


async def test_a_reader_of_one_byte_a_second_is_dropped_and_comes_back_without_a_loss(
    server: StorageServer,
) -> None:
    count = 400
    lagging = [Lagging(kind, number) for number, kind in enumerate(READERS)]
    async with telling(server) as teller, asyncio.TaskGroup() as group:
        dripping = [group.create_task(drip(await each.open(server))) for each in lagging]
        await teller.tell(events(count, 16 * KIB))
        # What they still read had arrived before.
        await until(lambda: connections(server) == 0, seconds=60)
        for task in dripping:
            task.cancel()
    await asyncio.gather(*(each.catch_up(server, count) for each in lagging))


async def drip(reader: Reader) -> None:
    """Read a byte a second."""
    reader.pause()
    own = reader.transport.get_extra_info("socket").dup()
    own.setblocking(False)
    with closing(own):
        try:
            while True:
                await asyncio.get_running_loop().sock_recv(own, 1)
                await asyncio.sleep(1)
        finally:
            await reader.leave()


def connections(server: StorageServer) -> int:
    """How many connections to a server the system knows, with what was not sent of them."""
    port = f":{int(server.url.rpartition(':')[2]):04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(
        local.endswith(port) and state not in (LISTENS, OVER) for _, local, _, state, *_ in lines
    )


async def test_stalled_readers_do_not_slow_the_others(server: StorageServer) -> None:
    """In turns, with them and without; more turns where the machine is busy with something else."""
    count, size = 1600, KIB  # 1.6 MiB: more than the system keeps for a reader
    with_them: list[float] = []
    without: list[float] = []
    async with telling(server) as teller, crowd(server) as reading:
        await reading.seconds(teller, count, size)
        while len(without) < 9:
            async with stalled(server):
                with_them.append(await reading.seconds(teller, count, size))
            without.append(await reading.seconds(teller, count, size))
            if len(without) >= 3 and median(without) >= 0.9 * median(with_them):
                return
    pytest.fail(f"seconds with stalled readers {with_them}, without {without}")
