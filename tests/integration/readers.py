"""Watchers at the bare socket: cheap enough to have hundreds of, and able to read badly.

They see every byte that the service sends, on either transport, and know no more of the protocols
than it takes to find the documents in them.
"""

from __future__ import annotations

import asyncio
import re
import socket
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

from tests.unit.runtime.waiting import until

PATH: Final = "/storage/monitor"
DOCUMENT: Final = re.compile(rb'\{"value":\{"type":"(\w+)","value":.*\},"id":"(\d+-(\d+))"\}')
OPEN_SECONDS: Final = 30.0
NORMAL: Final = 1000
LOST: Final = 1006
"""The code of a connection that ended without one."""


class Document(NamedTuple):
    """One frame, on either transport."""

    tag: str
    id: str
    position: int
    bytes: bytes


def _ignore(_document: Document) -> None:
    pass


class Reader(asyncio.Protocol):
    """One connection to the monitor; ``open`` it with one of the two kinds."""

    headers: ClassVar[dict[str, str]]
    """What the transport needs."""

    def __init__(self, head: str, take: Callable[[Document], None]) -> None:
        self._head = head
        self._take = take
        self._buffer = bytearray()
        self._in_head = True
        self.received: bytearray | None = None
        """Everything that came, if it is to be kept: an empty array then."""
        self.status = 0
        self.last_id: str | None = None
        self.position = 0
        """The position of ``last_id``."""
        self.served = asyncio.Event()
        """Set once there is a first document, or an answer that is no stream."""
        self.ended = asyncio.Event()
        self.code: int | None = None
        """The close code of a WebSocket; for an event stream 1000 if it ended in good order."""

    @classmethod
    async def open(
        cls,
        url: str,
        token: str | None,
        *,
        last_id: str | None = None,
        query: str = "",
        headers: dict[str, str] | None = None,
        take: Callable[[Document], None] = _ignore,
        keep: bool = False,
        receive_buffer: int | None = None,
    ) -> Reader:
        """Connect, ask to watch, and wait for the first document or for a refusal.

        ``receive_buffer`` is how many bytes the system may take in that were not read.
        """
        sent = {"Host": urlsplit(url).netloc, **cls.headers, **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if last_id is not None:
            sent["Last-Event-ID"] = last_id
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        reader = cls(f"GET {PATH}{query} HTTP/1.1\r\n{lines}\r\n", take)
        reader.received = bytearray() if keep else None
        connected = socket.socket()
        if receive_buffer is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connected.setblocking(False)
        loop = asyncio.get_running_loop()
        address = urlsplit(url)
        await loop.sock_connect(connected, (address.hostname, address.port))
        transport, _ = await loop.create_connection(lambda: reader, sock=connected)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await reader.served.wait()
        except BaseException:
            transport.abort()
            raise
        return reader

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._head.encode())

    def data_received(self, data: bytes) -> None:
        if self.received is not None:
            self.received += data
        self._buffer += data
        if self._in_head:
            head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not end:
                return
            self._in_head = False
            self.status = int(head.split(b" ", 2)[1])
            self._buffer[:] = rest
        if self.status in (101, 200):
            self.read(self._buffer)
        else:
            self.served.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.code = LOST if self.code is None else self.code
        self.served.set()
        self.ended.set()

    def taken(self, text: bytes) -> None:
        """Take note of a document."""
        found = DOCUMENT.fullmatch(text)
        assert found is not None, text
        document = Document(found[1].decode(), found[2].decode(), int(found[3]), text)
        self.last_id, self.position = document.id, document.position
        self._take(document)
        self.served.set()

    @abstractmethod
    def read(self, buffer: bytearray) -> None:
        """Take what is whole out of the buffer."""

    def pause(self) -> None:
        """Read no more."""
        self.transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        self.transport.resume_reading()

    async def reach(self, position: int, seconds: float = 30) -> None:
        """Wait until it has been served up to a position."""
        await until(lambda: self.position >= position, seconds=seconds)

    async def leave(self) -> None:
        """Go, without a word."""
        self.transport.abort()
        await self.ended.wait()


class WebSocketReader(Reader):
    """Over a WebSocket (RFC 6455, section 5.2); the service sends no fragments."""

    headers: ClassVar[dict[str, str]] = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }

    def read(self, buffer: bytearray) -> None:
        while len(buffer) >= 2:
            start, length = 2, buffer[1] & 0x7F
            if length >= 126:
                start = 4 if length == 126 else 10
                length = int.from_bytes(buffer[2:start])
            if len(buffer) < start + length:
                return
            kind, payload = buffer[0] & 0x0F, bytes(buffer[start : start + length])
            del buffer[: start + length]
            if kind == 0x1:
                self.taken(payload.removesuffix(b"\n"))
            elif kind == 0x9:
                self._say(0xA, payload)
            elif kind == 0x8:
                self.code = int.from_bytes(payload[:2])
                self._say(0x8, payload[:2])
                self.transport.close()

    def _say(self, kind: int, payload: bytes) -> None:
        with suppress(OSError):
            # A mask of zeroes is a mask too.
            self.transport.write(bytes([0x80 | kind, 0x80 | len(payload)]) + bytes(4) + payload)


class SSEReader(Reader):
    """Over server-sent events: one chunk of HTTP holds whole blocks."""

    headers: ClassVar[dict[str, str]] = {"Accept": "text/event-stream"}

    def read(self, buffer: bytearray) -> None:
        *lines, rest = bytes(buffer).split(b"\n")
        buffer[:] = rest
        for line in lines:
            if line.startswith(b"data: "):
                self.taken(line.removeprefix(b"data: "))
            elif line == b"0\r":
                self.code = NORMAL
                self.transport.close()


READERS: Final[dict[str, type[Reader]]] = {"websocket": WebSocketReader, "sse": SSEReader}
"""The kinds of readers, by the name of their transport."""
