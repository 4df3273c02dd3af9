"""A watcher over server-sent events: one HTTP answer that goes on until either side has enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from runtime.http.errors import Refusals
from runtime.http.security import Security
from runtime.monitor.admission import REFUSALS, Join, Refused, admit
from runtime.monitor.delivery import LIMITS, OUTLET, Delivery, Limits
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Batch
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

LINE: Final = "runtime.line"
"""The scope's extension that is a :class:`Line`, on a server that has one
(``runtime.monitor.uvicorn``)."""


class Line(Protocol):
    """What ASGI does not offer: the connection under an answer."""

    on_shutdown: Callable[[], None] | None
    """To be called when the server is told to stop."""

    def watch_peer(self) -> None:
        """Drop the connection when the other end no longer answers, though it never said so."""
        ...

    @property
    def unsent(self) -> bool:
        """Whether something that was written waits for the other end to read."""
        ...

    def keep_little(self) -> None:
        """Let the system keep little of what the client has not read."""
        ...

    def abort(self) -> None:
        """Drop the connection, whatever has not been read."""
        ...


HEADERS: Final = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


async def serve_sse(
    request: Request,
    security: Security,
    stream: Stream,
    join: Join,
    limits: Limits = LIMITS,
    refusals: Refusals = REFUSALS,
) -> Response:
    """Answer with the stream to whoever may watch it, else with why not.

    The watcher joins before the first byte.  ``refusals`` are the design's answers.
    """
    try:
        watcher = await admit(request, security, stream, join, refusals)
    except Refused as refused:
        return refused.answer
    return _EventStream(watcher, limits)


class _EventStream(Response):
    """An answer without length or end."""

    def __init__(self, watcher: Watcher, limits: Limits) -> None:
        super().__init__()
        self._watcher = watcher
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers at once, and then whatever is due."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS]})
            await _Connection(scope, receive, send, self._watcher, self._limits).serve()
        except OSError:
            # Gone while we were writing: nobody is left to tell.
            pass
        finally:
            self._watcher.leave()


class _Connection(Delivery):
    def __init__(
        self, scope: Scope, receive: Receive, send: Send, watcher: Watcher, limits: Limits
    ) -> None:
        super().__init__(watcher, limits)
        self._http_receive = receive
        self._http_send = send
        if scope["http_version"] == "1.1":
            # To a client that knows no chunks the answer is sent without.
            self.outlet = scope.get("extensions", {}).get(OUTLET)
        self._line: Line | None = scope.get("extensions", {}).get(LINE)
        if self._line is not None:
            self._line.on_shutdown = self._shut_down
            self._line.watch_peer()
            self._line.keep_little()

    def _shut_down(self) -> None:
        self._watcher.end(Ending.SHUTDOWN)

    async def write(self, batch: Batch) -> None:
        """Send all that is due in one piece: a reader sees whole blocks, a proxy one write."""
        if self.outlet is not None:
            await self.outlet.write(self.wire(batch))
            return
        message = {"type": "http.response.body", "body": batch.blocks, "more_body": True}
        await self._http_send(message)

    def wire(self, batch: Batch) -> bytes:
        return batch.chunk

    async def receive(self) -> bool:
        message = await self._http_receive()
        return bool(message["type"] != "http.disconnect")

    async def finish(self, ending: Ending) -> None:
        """End the answer.  Its format has no word for why: whoever comes back learns it."""
        if ending.right_ended and self._line is not None and self._line.unsent:
            await self._drop(self._line)
            return
        try:
            async with asyncio.timeout(self.limits.close_seconds):
                await self._http_send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            _log.info("monitor.unread_close", code=ending.code)
            if self._line is not None:
                await self._drop(self._line)

    async def _drop(self, line: Line) -> None:
        """Wait until the server knows too, or it takes the answer for one that was forgotten."""
        line.abort()
        while not self.gone:
            self.due.clear()
            await self.due.wait()
