"""WebSockets on uvicorn: a peer that does not read has an end, and one that talks is kept short."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable, Coroutine
from typing import Any, Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from runtime.monitor.delivery import OUTLET
from runtime.monitor.ending import Ending
from runtime.monitor.permessage_deflate import SharedDeflate
from runtime.serving.uvicorn.sockets import FLUSH_SECONDS, drop, keep_little

CLOSE_SECONDS: Final = 5.0
"""How long a reader that was too slow may take to swallow our close, and a peer to answer it."""
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
        """To be called the first time that the client sends more than is taken, at once or in one
        message."""
        self._untaken = b""
        """What the client sent, and had too much of for one turn."""
        self._text: codecs.IncrementalDecoder | None = None
        """What reads the message that has begun, if it is to be text."""

    def connection_made(self, transport: Any) -> None:
        """Begin, with a small buffer."""
        super().connection_made(transport)
        keep_little(transport)

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
        self._abort_timer = self.loop.call_later(seconds, drop, self.transport)
