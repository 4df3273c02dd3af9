"""A thousand watchers come back at the same moment, to a process that serves a thousand already."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.faults.account import read_log
from tests.faults.comparison import documents_of, id_of
from tests.faults.subscriber import PING
from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until

CROWD: Final = 1000
FILES: Final = 2 * CROWD + 500
"""How many files this process needs to open: a socket for each watcher, and some."""
EVENTS: Final = 7
DOORS: Final = 100
"""How many connect at a time where nothing is to be proved by it."""
PATIENCE: Final = 120.0
"""Seconds until everybody has been served, on a machine that does other things as well."""
REQUEST: Final = (
    "GET /storage/monitor HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
)
UPGRADE: Final = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
TEXT, PING_FRAME, PONG_FRAME, MASKED = 0x81, 0x89, 0x8A, 0x80
"""The first byte of a message in one piece, and the bit of a masked one (RFC 6455 section 5.2)."""


class Watcher:
    """A client made of nothing but a socket: two thousand of them must be no burden."""

    def __init__(self, url: str, token: str, *, by_websocket: bool) -> None:
        self._url = urlsplit(url)
        self._token = token
        self._by_websocket = by_websocket
        self.last_id = ""
        self.seen: list[str] = []
        self.hello_at = 0.0

    async def connect(self) -> None:
        """Connect, with the last id if there is one, and take in Hello."""
        more = UPGRADE if self._by_websocket else ""
        if self.last_id:
            more += f"Last-Event-ID: {self.last_id}\r\n"
        self._reader, self._writer = await asyncio.open_connection(
            self._url.hostname, self._url.port
        )
        self._writer.write(
            REQUEST.format(host=self._url.netloc, token=self._token, more=more).encode()
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        assert head.split(" ")[1] == ("101" if self._by_websocket else "200"), head
        hello = await self._document()
        assert hello.startswith(PING)
        assert self.last_id in ("", id_of(hello))
        self.last_id = id_of(hello)
        self.hello_at = time.monotonic()
        self._reading = asyncio.create_task(self._read())

    def vanish(self) -> None:
        """Be gone without a goodbye."""
        self._reading.cancel()
        self._writer.transport.abort()

    @property
    def gone(self) -> bool:
        """Whether the service has hung up."""
        return self._reading.done()

    async def _read(self) -> None:
        while True:
            document = await self._document()
            self.last_id = id_of(document)
            if not document.startswith(PING):
                self.seen.append(document)

    async def _document(self) -> str:
        if self._by_websocket:
            return (await self._message()).removesuffix("\n")
        while True:
            line = await self._reader.readuntil(b"\n")
            if line.startswith(b"data: "):
                return line.decode().removeprefix("data: ").removesuffix("\n")

    async def _message(self) -> str:
        while True:
            kind, length = await self._reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            content = await self._reader.readexactly(length)
            if kind == TEXT:
                return content.decode()
            if kind == PING_FRAME:
                # Masked, as all that clients send, though by nothing.
                self._writer.write(bytes((PONG_FRAME, MASKED | length, 0, 0, 0, 0)) + content)


def crowd(server: StorageServer) -> list[Watcher]:
    """A thousand, half of them on each transport."""
    token = server.token("*")
    return [Watcher(server.url, token, by_websocket=bool(n % 2)) for n in range(CROWD)]


async def connect(watchers: Sequence[Watcher]) -> None:
    doors = asyncio.Semaphore(DOORS)

    async def enter(watcher: Watcher) -> None:
        async with doors:
            await watcher.connect()

    await asyncio.gather(*map(enter, watchers))


@contextmanager
def many_files() -> Iterator[None]:
    """Let this process open as many files as it needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= FILES, f"needs: ulimit -Hn {FILES}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_thousand_come_back_at_once_and_nobody_misses_anything(tmp_path: Path) -> None:
    limits = {"SERVICE_MONITOR__WATCHERS_PER_SUBJECT": str(3 * CROWD)}
    with many_files(), StorageServer(tmp_path / "data", **limits) as server:
        async with Dashboard(server) as dashboard:
            sitting, leaving = crowd(server), crowd(server)
            await connect([*sitting, *leaving])
            for watcher in leaving:
                watcher.vanish()
            for _ in range(EVENTS - 2):
                await dashboard.create_aip()
            began = time.monotonic()
            coming = asyncio.gather(*(watcher.connect() for watcher in leaving))
            await dashboard.create_aip()
            async with asyncio.timeout(PATIENCE):
                await coming
            greeted = max(watcher.hello_at for watcher in leaving) - began
            await dashboard.create_aip()
            everybody = [*sitting, *leaving]
            await until(lambda: all(len(each.seen) >= EVENTS for each in everybody), PATIENCE)
            served = time.monotonic() - began
            epoch, events = await read_log(f"sqlite:///{server.folder / 'storage.db'}")
            due = documents_of(events, epoch)
            for watcher in everybody:
                assert watcher.seen == due
                assert not watcher.gone
                watcher.vanish()
        assert errors(server.log()) == []
    print(
        f"\n{CROWD} came back: all greeted after {greeted:.1f} s, all served after {served:.1f} s"
    )
