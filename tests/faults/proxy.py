"""A TCP proxy that does to connections what networks do to them.

It runs in a thread of its own, so that a test may block and may use any loop.  Every fault can be
switched while connections are open; each way (to the service, to the client) has its own.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

CHUNK = 16 * 1024
RESET = struct.pack("ii", 1, 0)
"""To linger for no time: what is closed like this is reset."""


class Way:
    """What befalls bytes in one direction.  To be changed at any time, from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.latency = 0.0
        """Seconds for which every piece is held; the pieces behind it wait."""
        self.bandwidth: float | None = None
        """Bytes a second."""
        self._loop = loop
        self._free = asyncio.Event()
        self._free.set()

    def stall(self) -> None:
        """Take nothing from the sender any more, so that its buffers fill."""
        self._loop.call_soon_threadsafe(self._free.clear)

    def go_on(self) -> None:
        """Take again what the sender has to say."""
        self._loop.call_soon_threadsafe(self._free.set)

    async def hold(self, size: int) -> None:
        """Let a piece take its time."""
        seconds = self.latency + (size / self.bandwidth if self.bandwidth else 0)
        if seconds:
            await asyncio.sleep(seconds)
        await self.free()

    async def free(self) -> None:
        """Wait until it is not stalled."""
        await self._free.wait()


class Side:
    """One end of a connection, as the proxy holds it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def finish(self) -> None:
        """Say that no more will come; what comes from there is still taken."""
        with suppress(OSError, RuntimeError):
            self.writer.write_eof()

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        raw = self.writer.get_extra_info("socket")
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.writer.transport.abort()


class Connection:
    """One client's way through the proxy."""

    def __init__(self, client: Side, service: Side) -> None:
        self.client = client
        self.service = service
        self.lost = False
        """Whether what either side sends comes nowhere, as when a cable is pulled."""
        self.ended_by: str | None = None
        """Who closed or reset it: ``client``, ``service``, ``proxy``; nobody yet."""
        self.ended_at: float | None = None
        """When that was, in seconds of the monotonic clock."""

    def end(self, by: str) -> None:
        if self.ended_by is None:
            self.ended_by, self.ended_at = by, time.monotonic()

    def cut(self) -> None:
        self.end("proxy")
        self.client.close()
        self.service.close()

    def reset(self) -> None:
        self.end("proxy")
        self.client.reset()
        self.service.reset()

    def lose(self) -> None:
        self.lost = True

    async def carry(self, source: Side, target: Side, way: Way, by: str) -> None:
        """Move bytes until the source has no more."""
        try:
            await way.free()
            while data := await source.reader.read(CHUNK):
                await way.hold(len(data))
                if not self.lost:
                    target.writer.write(data)
                    await target.writer.drain()
                await way.free()
        except OSError:
            self.end(by)
            if not self.lost:
                target.reset()
        else:
            self.end(by)
            if not self.lost:
                target.finish()


class Proxy:
    """Stands before a service on loopback, for as long as it is entered."""

    def __init__(self, service: str) -> None:
        """Take no connection yet; ``service`` is the address it stands for, ``http://host:port``."""
        there = urlsplit(service)
        self._there = (there.hostname, there.port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.url = ""
        self.to_service = Way(self._loop)
        self.to_client = Way(self._loop)
        self.refuses = False
        """Whether new connections are reset as they come."""
        self.connections: list[Connection] = []
        """All there have been, oldest first."""

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def open(self) -> list[Connection]:
        """The connections that nobody has ended, and that lead somewhere."""
        return [each for each in self.connections if each.ended_by is None and not each.lost]

    # ------------------------------------------------------------ to all connections at once

    def cut(self) -> None:
        """Close both sides of every connection, in good order."""
        self._to_all(Connection.cut)

    def reset(self) -> None:
        """Reset both sides of every connection."""
        self._to_all(Connection.reset)

    def finish_to_client(self) -> None:
        """Tell every client that no more will come, and go on taking from it."""
        self._to_all(lambda each: each.client.finish())

    def finish_to_service(self) -> None:
        """Tell the service of every connection that no more will come, and go on taking from it."""
        self._to_all(lambda each: each.service.finish())

    def lose(self) -> None:
        """Let every connection become half-open for good: no side hears of the other again."""
        self._to_all(Connection.lose)

    def _to_all(self, fault: Callable[[Connection], None]) -> None:
        async def strike() -> None:
            for each in self.open:
                fault(each)

        self._run(strike())

    # ------------------------------------------------------------ within

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, limit=CHUNK, backlog=2048
        )
        self.url = "http://{}:{}".format(*self._server.sockets[0].getsockname())

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        client = Side(reader, writer)
        try:
            # asyncio of Python 3.11 logs an error where such a task is cancelled.
            with suppress(asyncio.CancelledError):
                await self._serve(client)
        finally:
            client.close()
            self._serving.discard(task)

    async def _serve(self, client: Side) -> None:
        if self.refuses:
            client.reset()
            return
        try:
            service = Side(*await asyncio.open_connection(*self._there, limit=CHUNK))
        except OSError:
            # As if nobody stood between: the client finds that nobody is there.
            client.reset()
            return
        connection = Connection(client, service)
        self.connections.append(connection)
        try:
            await asyncio.gather(
                connection.carry(client, service, self.to_service, "client"),
                connection.carry(service, client, self.to_client, "service"),
            )
        finally:
            service.close()
