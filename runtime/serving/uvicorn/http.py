"""HTTP on uvicorn: answers without end can be ended, and clients that do not finish are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.utils import ClientDisconnected

from runtime.monitor.delivery import OUTLET
from runtime.monitor.sse import LINE
from runtime.serving.uvicorn.sockets import (
    FLUSH_SECONDS,
    drop,
    drop_if_untaken,
    keep_little,
    send_at_once,
)

UNANSWERED_SECONDS: Final = 10.0
"""How long an event stream's bytes may stay without a sign that they arrived.  The heartbeat that
follows a peer's end is the last that is sent to it: the same two heartbeats."""
UNTAKEN_SECONDS: Final = 300.0
"""The same for every other answer, a file above all: whoever takes nothing of it for so long is
dropped, and lets go of what is read for it."""
HEAD_SECONDS: Final = 10.0
"""How long a client may take over the head of a request."""


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
                    drop_if_untaken(self.transport, UNTAKEN_SECONDS)

        self.app = serve_on_this_line

    def connection_made(self, transport: Any) -> None:
        """Wait for a request, though not for ever."""
        super().connection_made(transport)
        send_at_once(transport)
        drop_if_untaken(self.transport, UNTAKEN_SECONDS)
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
        keep_little(self.transport)

    def abort(self) -> None:
        """Drop the connection, whatever has not been read."""
        drop(self.transport)

    def watch_peer(self) -> None:
        """Drop the connection when what is written is no longer acknowledged.

        Server-sent events have no ping that is answered; without this the system would try for a
        quarter of an hour.  Whoever takes a file may stop for a while longer.
        """
        self._watched = True
        drop_if_untaken(self.transport, UNANSWERED_SECONDS)

    def shutdown(self) -> None:
        """End because the server stops."""
        super().shutdown()
        if self.on_shutdown is not None:
            self.on_shutdown()
            self._abort_timer = self.loop.call_later(FLUSH_SECONDS, drop, self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is over."""
        self._stop_head_timer()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        super().connection_lost(exc)

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
