"""A server that passes requests on to another, but for those that a test has trouble for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum
from urllib.parse import urlsplit


class Trouble(Enum):
    """What becomes of a request."""

    NONE = "passed on"
    FAILURE = "answered with 500"
    SILENCE = "never answered"
    CUT = "passed on, and the connection cut in the middle of the answer"


CUT_AFTER = 3 << 20
FAILURE = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class TroubledProxy:
    """Passes on one request a connection; `trouble` is told the request line of each."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self.trouble: Callable[[str], Trouble] = lambda line: Trouble.NONE
        self.requests: list[str] = []
        self.endpoint = ""
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> int:
        """How many connections there are to us now."""
        return len(self._serving)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[TroubledProxy]:
        """Serve on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 24)
        self.endpoint = "http://{}:{}".format(*server.sockets[0].getsockname())
        try:
            yield self
        finally:
            server.close()
            left = list(self._serving)
            for each in left:
                each.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self._serving.discard(task)
            await _closed(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.split(b"\r\n", 1)[0].decode()
        self.requests.append(line)
        trouble = self.trouble(line)
        body = await reader.readexactly(_length(head))
        if trouble is Trouble.FAILURE:
            writer.write(FAILURE)
            await writer.drain()
        elif trouble is Trouble.SILENCE:
            await reader.read()
        else:
            await self._pass_on(head, body, writer, CUT_AFTER if trouble is Trouble.CUT else None)

    async def _pass_on(
        self, head: bytes, body: bytes, writer: asyncio.StreamWriter, most: int | None
    ) -> None:
        first, rest = head.split(b"\r\n", 1)
        upstream_reader, upstream = await asyncio.open_connection(*self._target)
        try:
            upstream.write(first + b"\r\nConnection: close\r\n" + rest + body)
            await upstream.drain()
            sent = 0
            while chunk := await upstream_reader.read(1 << 16):
                writer.write(chunk)
                await writer.drain()
                sent += len(chunk)
                if most is not None and sent >= most:
                    return
        finally:
            await _closed(upstream)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
