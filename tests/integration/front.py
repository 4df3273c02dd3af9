"""What stands before the service where the dashboard runs: a page, and a proxy under `/api`.

As the dashboard's own proxy does, it strips the prefix, keeps `Host`, and lets a WebSocket
through.  What the page tells goes to `/told`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPMessage, parse_headers
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from tests.unit.runtime.waiting import until

PREFIX = "/api"


@dataclass(frozen=True)
class Request:
    """The head of a request."""

    method: str
    path: str
    headers: HTTPMessage


@dataclass
class Front:
    """A page for a browser, and the service behind it at the same address."""

    service: str
    page: str = ""
    url: str = ""
    forwarded: list[Request] = field(default_factory=list)
    """What went to the service."""
    told: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def hear(self, seconds: float = 30) -> Any:
        """Wait for the next thing that the page tells."""
        async with asyncio.timeout(seconds):
            return await self.told.get()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; a WebSocket lasts for as long as it likes."""
        async with self._open(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            request = _request(head)
            if request.path.startswith(f"{PREFIX}/"):
                await self._forward(request, head, reader, writer)
            else:
                await self._answer(request, reader, writer)

    async def close(self) -> None:
        """Drop what is still open, and wait until it is gone."""
        for writer in self._writers:
            writer.transport.abort()
        await until(lambda: not self._writers)

    @asynccontextmanager
    async def _open(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._writers.append(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                yield
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        finally:
            self._writers.remove(writer)

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        page = b""
        if request.method == "POST":
            length = int(request.headers["content-length"])
            self.told.put_nowait(json.loads(await reader.readexactly(length)))
        elif request.path == "/":
            page = self.page.encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(page), page)
        )
        await writer.drain()

    async def _forward(
        self,
        request: Request,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.forwarded.append(request)
        there = urlsplit(self.service)
        back, out = await asyncio.open_connection(there.hostname, there.port)
        head = head.replace(PREFIX.encode(), b"", 1)
        if "upgrade" not in request.headers:
            # One request a connection: nobody has to find out where it ends.
            head = head.replace(b"\r\nConnection: keep-alive", b"\r\nConnection: close", 1)
        async with self._open(out):
            out.write(head)
            up = asyncio.create_task(_pump(reader, out))
            await _pump(back, writer)
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


def _request(head: bytes) -> Request:
    line, _, rest = head.partition(b"\r\n")
    method, path, _ = line.decode("latin-1").split(" ")
    return Request(method, path, parse_headers(BytesIO(rest)))


@asynccontextmanager
async def front(service: str, page: str = "") -> AsyncIterator[Front]:
    """Stand before a service."""
    standing = Front(service, page)
    server = await asyncio.start_server(standing.connected, "127.0.0.1", 0)
    standing.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield standing
    finally:
        server.close()
        await standing.close()
