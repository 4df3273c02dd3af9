"""Streams on uvicorn: the settings they need, and an end for connections that do not end."""

from __future__ import annotations

import asyncio
import codecs
import socket
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from runtime.monitor.delivery import AT_ONCE_BYTES, LIMITS, OUTLET
from runtime.monitor.ending import Ending
from runtime.monitor.permessage_deflate import SharedDeflate
from runtime.monitor.sse import LINE

PING_SECONDS: Final = 10.0
"""Seconds between protocol pings, and how long the pong may take: a peer that is gone is found
within two heartbeats."""
UNANSWERED_SECONDS: Final = 10.0
"""How long an event stream's bytes may stay without a sign that they arrived.  The heartbeat that
follows a peer's end is the last that is sent to it: the same two heartbeats."""
FLUSH_SECONDS: Final = 0.5
"""How long a closing connection may take to swallow what is written, at shutdown."""
CLOSE_SECONDS: Final = 5.0
"""The same for a reader that was too slow, and for a peer's answer to our close."""
UNTAKEN_SECONDS: Final = 300.0
"""The same for every other answer, a file above all: whoever takes nothing of it for so long is
dropped, and lets go of what is read for it."""
INTERNET: Final = (socket.AF_INET, socket.AF_INET6)
"""The families of addresses that TCP is spoken over."""
USER_TIMEOUT: Final[int | None] = getattr(socket, "TCP_USER_TIMEOUT", None)
"""The socket option, on Linux."""
SEND_BUFFER: Final = AT_ONCE_BYTES
"""How much of a stream the system may keep for a client that has not read it, in bytes.  Left to
itself it keeps megabytes, for every client that stalls."""
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""What SO_LINGER takes for: forget what was not read."""
HEAD_SECONDS: Final = 10.0
"""How long a client may take over the head of a request."""
IDLE_SECONDS: Final = 75
"""How long a connection may wait for its next request: longer than the minute that proxies keep
theirs for (nginx, load balancers), and than HTTP clients do, so that it is they who close it.  One
that the server closes just as a request is sent costs that request."""
TAKEN: Final = 1024
TAKEN_SECONDS: Final = 0.1
"""How many bytes of a WebSocket's client are taken at once, and how long it waits until more are.  It has
nothing to say but pings and a close, and each costs about the same however small it is: eight megabytes of
small ones kept all others waiting for seconds."""
_UTF8: Final = codecs.getincrementaldecoder("utf-8")
BAD_HANDSHAKE: Final = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class StreamProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with a peer that does not read told and then dropped, and one that
    talks without end kept short.

    uvicorn puts a close frame behind everything unread and waits for as long as that takes: a
    stalled client would keep its socket, and would keep the server from stopping.  And it takes all
    that has come in one turn, and keeps it for an application that drops it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.close_timeout = CLOSE_SECONDS
        self.conn.available_extensions = [SharedDeflate()]
        self._abort_timer: asyncio.TimerHandle | None = None
        self.on_flood: Callable[[], None] | None = None
        """To be called when the client sends more than is taken, at once or in one message, the first time."""
        self._untaken = b""
        """What the client sent, and had too much of for one turn."""
        self._text: codecs.IncrementalDecoder | None = None
        """What reads the message that has begun, if it is to be text."""

    def connection_made(self, transport: Any) -> None:
        """Begin, with a small buffer."""
        super().connection_made(transport)
        _keep_little(transport)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, a little at a time.

        A handshake that is not one, or too large, is refused; uvicorn would let the client wait.
        """
        if self.handshake_initiated:
            self._untaken += data
            self._take_some()
        else:
            super().data_received(data)
            self._refuse_bad_handshake()

    def _refuse_bad_handshake(self) -> None:
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            self.handshake_complete = self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()) or BAD_HANDSHAKE)
            self.transport.close()

    def _take_some(self) -> None:
        """Take a turn's worth, and the rest after a while."""
        if self.transport.is_closing():
            self._untaken = b""
            return
        part, self._untaken = self._untaken[:TAKEN], self._untaken[TAKEN:]
        super().data_received(part)
        if self._untaken:
            self._tell_of_flood()
            self.transport.pause_reading()
            self.loop.call_later(TAKEN_SECONDS, self._take_some)
        else:
            self.transport.resume_reading()

    def _tell_of_flood(self) -> None:
        if self.on_flood is not None:
            self.on_flood()
            self.on_flood = None

    def handle_text(self, event: Any) -> None:
        """Begin a text, and drop it: nothing is expected of the client."""
        self._text = _UTF8()
        self.handle_cont(event)

    def handle_bytes(self, event: Any) -> None:
        """Begin something else, and drop it."""
        self._text = None

    def handle_cont(self, event: Any) -> None:
        """Drop what follows; a text that is none ends the connection (RFC 6455, section 8.1)."""
        if self._text is None:
            return
        try:
            self._text.decode(event.data, event.fin)
        except UnicodeDecodeError:
            self.conn.fail(CloseCode.INVALID_DATA)
            self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        """End the connection of a client that says what it must not."""
        assert self.conn.close_sent is not None
        if self.conn.close_sent.code == CloseCode.MESSAGE_TOO_BIG:
            self._tell_of_flood()
        super().handle_parser_exception()

    def send(self, message: Any) -> Coroutine[Any, Any, None]:
        """Send for the application; a close is written at once, even to a reader that stalls."""
        if message["type"] == "websocket.close":
            if (
                message.get("code") == Ending.REVOKED.code
                and self.transport.get_write_buffer_size()
            ):
                # What waits to be sent is nothing that this client may see any more.
                self.transport.abort()
            # Nothing follows a close, so there is nothing to hold back any more.
            self.writable.set()
            self._abort_after(self.close_timeout)
        elif message["type"] == "websocket.http.response.body":
            return self._refuse(message)
        return super().send(message)

    def handle_connect(self, event: Any) -> None:
        """Begin to serve, and say what we can do."""
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[OUTLET] = self

    @property
    def deflates(self) -> bool:
        """Whether the client takes compressed messages."""
        return bool(self.conn.extensions)

    @property
    def free(self) -> bool:
        """Whether all that was written before has left, and more would be taken at once."""
        return self._open and not self.transport.get_write_buffer_size()

    @property
    def _open(self) -> bool:
        return not (self.close_sent or self.disconnected or self.transport.is_closing())

    def write_now(self, data: bytes) -> None:
        """Write whole messages, as they stand on the wire."""
        self.transport.write(data)

    async def write(self, data: bytes) -> None:
        """Write whole messages as soon as there is room."""
        await self.writable.wait()
        if not self._open:
            # The server closed it for its own shutdown while we waited, or the client is gone.
            raise ClientDisconnected
        self.transport.write(data)

    async def _refuse(self, message: Any) -> None:
        await super().send(message)
        # uvicorn takes a refusal for an application that forgot to answer, and logs an error.
        self.handshake_complete = self.close_sent

    def shutdown(self) -> None:
        """Close because the server stops."""
        super().shutdown()
        self._abort_after(FLUSH_SECONDS)

    def keepalive_timeout(self) -> None:
        """Close because the peer no longer answers."""
        super().keepalive_timeout()
        self._abort_after(FLUSH_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is over."""
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        super().connection_lost(exc)

    def _abort_after(self, seconds: float) -> None:
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._abort_timer = self.loop.call_later(seconds, _drop, self.transport)


class HTTPProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which an answer without end can be told to end by, and be cut.

    ASGI tells an application nothing of a shutdown before all answers are complete, and can only
    end an answer behind all that is unread.  And a client that does not finish the head of a
    request is dropped: uvicorn would keep its connection for ever.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_shutdown: Callable[[], None] | None = None
        self._abort_timer: asyncio.TimerHandle | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._watched = False
        serve: ASGIApp = self.app

        async def serve_on_this_line(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {}).update({LINE: self, OUTLET: self})
            try:
                await serve(scope, receive, send)
            finally:
                self.on_shutdown = None
                if self._watched:
                    self._watched = False
                    self._drop_untaken(UNTAKEN_SECONDS)

        self.app = serve_on_this_line

    def connection_made(self, transport: Any) -> None:
        """Wait for a request, though not for ever."""
        super().connection_made(transport)
        _send_at_once(transport)
        self._drop_untaken(UNTAKEN_SECONDS)
        self._limit_head()

    def data_received(self, data: bytes) -> None:
        """Take what the client sends."""
        super().data_received(data)
        if not self._awaits_head():
            self._stop_head_timer()
        else:
            self._limit_head()

    def on_response_complete(self) -> None:
        """Go on to the next request, of which a part may have come already."""
        super().on_response_complete()
        if self._awaits_head() and self.conn.trailing_data[0]:
            self._limit_head()

    @property
    def free(self) -> bool:
        """Whether all that was written before has left, and more would be taken at once."""
        return not self.transport.is_closing() and not self.unsent

    def write_now(self, data: bytes) -> None:
        """Write whole chunks of an answer that has begun and has not ended."""
        self.transport.write(data)

    async def write(self, data: bytes) -> None:
        """Write whole chunks as soon as there is room."""
        await self.flow.drain()
        if self.transport.is_closing():
            raise ClientDisconnected
        self.transport.write(data)

    @property
    def unsent(self) -> bool:
        """Whether something that was written waits for the other end to read."""
        return bool(self.transport.get_write_buffer_size())

    def keep_little(self) -> None:
        """Let the system keep little of what the client has not read."""
        _keep_little(self.transport)

    def abort(self) -> None:
        """Drop the connection, whatever has not been read."""
        _drop(self.transport)

    def watch_peer(self) -> None:
        """Drop the connection when what is written is no longer acknowledged.

        Server-sent events have no ping that is answered; without this the system would try for a
        quarter of an hour.  Whoever takes a file may stop for a while longer.
        """
        self._watched = True
        self._drop_untaken(UNANSWERED_SECONDS)

    def shutdown(self) -> None:
        """End because the server stops."""
        super().shutdown()
        if self.on_shutdown is not None:
            self.on_shutdown()
            self._abort_timer = self.loop.call_later(FLUSH_SECONDS, _drop, self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is over."""
        self._stop_head_timer()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        super().connection_lost(exc)

    def _drop_untaken(self, seconds: float) -> None:
        """Set TCP_USER_TIMEOUT (RFC 5482), where the system has it.

        Since 5.11 Linux ends a connection by it, too, whose other end answers but takes nothing.
        """
        line = self.transport.get_extra_info("socket")
        if line.family in INTERNET and USER_TIMEOUT is not None:
            with suppress(OSError):  # It is closed already.
                line.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, int(seconds * 1000))

    def _awaits_head(self) -> bool:
        if self.transport.get_protocol() is not self:
            # Upgraded: the connection is a WebSocket's now.
            return False
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _limit_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._drop_headless)

    def _drop_headless(self) -> None:
        if self._awaits_head():
            self.transport.abort()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def _send_at_once(transport: asyncio.Transport) -> None:
    """Send what is written as it is written (TCP_NODELAY).

    Otherwise the body of an answer stays here until the client says that it has the head, for which
    Linux takes 40 ms.  asyncio sees to it by itself only where the listening socket was told that
    it is TCP's, which not even ``socket.create_server`` does.
    """
    line = transport.get_extra_info("socket")
    if line.family in INTERNET:
        with suppress(OSError):  # It is closed already.
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _keep_little(transport: asyncio.Transport) -> None:
    with suppress(OSError):
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER
        )


def _drop(transport: asyncio.Transport) -> None:
    """End a connection, and have the system forget what was not read.

    Otherwise it would go on to deliver that, and keep it for as long as the client takes a byte
    now and then.
    """
    with suppress(OSError):
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()


UVICORN: Final[dict[str, Any]] = {
    "http": HTTPProtocol,
    "ws": StreamProtocol,
    "ws_max_size": LIMITS.received,
    "ws_ping_interval": PING_SECONDS,
    "ws_ping_timeout": PING_SECONDS,
    "ws_per_message_deflate": False,
    "timeout_keep_alive": IDLE_SECONDS,
    "timeout_graceful_shutdown": 1,
}
"""What to hand to ``uvicorn.Config`` for a service with streams.

uvicorn would compress once for each connection, which costs more than everything else together
(:class:`StreamProtocol` agrees on what is done once for all of them); the shutdown is bounded because a
request may still be at work.
"""
