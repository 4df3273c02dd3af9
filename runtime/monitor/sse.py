"""A watcher over server-sent events: one HTTP answer that goes on until either side has enough."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final, Protocol

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from runtime.http.errors import Refusals
from runtime.http.security import Security
from runtime.monitor.admission import REFUSALS, Join, Refused, admit
from runtime.monitor.batch import Batch
from runtime.monitor.compression import GZIP_HEAD
from runtime.monitor.delivery import LIMITS, OUTLET, Delivery, Limits
from runtime.monitor.ending import Ending
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

LINE: Final = "runtime.line"
"""The scope's extension that is a :class:`Line`, on a server that has one
(``runtime.serving.uvicorn``)."""


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
    (b"vary", b"accept-encoding"),
)
ZIPPED: Final = ((b"content-encoding", b"gzip"),)
"""What is added for a client that takes it."""

_GZIP: Final = re.compile(r"(?:x-)?gzip\s*(?:;\s*q=(1(?:\.0{0,3})?|0(?:\.[0-9]{0,3})?))?", re.I)
"""An offer to take it, and its weight; of weight 0 it is a refusal."""

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
    return _EventStream(watcher, limits, zipped=takes_gzip(request.headers))


def takes_gzip(headers: Headers) -> bool:
    """Tell whether a client says that it takes gzip (RFC 9110, section 12.5.3)."""
    for offer in ",".join(headers.getlist("accept-encoding")).split(","):
        if found := _GZIP.fullmatch(offer.strip()):
            weight: str | None = found[1]
            return weight is None or bool(weight.strip("0."))
    return False


class _EventStream(Response):
    """An answer without length or end."""

    def __init__(self, watcher: Watcher, limits: Limits, *, zipped: bool) -> None:
        super().__init__()
        self._zipped = zipped
        self._watcher = watcher
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers at once, and then whatever is due."""
        try:
            await self._begin(send)
            connection = _Connection(
                scope, receive, send, self._watcher, self._limits, zipped=self._zipped
            )
            await connection.serve()
        except OSError:
            # Gone while we were writing: nobody is left to tell.
            pass
        finally:
            self._watcher.leave()

    async def _begin(self, send: Send) -> None:
        headers = [*HEADERS, *(ZIPPED if self._zipped else ())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if self._zipped:
            await send({"type": "http.response.body", "body": GZIP_HEAD, "more_body": True})


class _Connection(Delivery):
    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        watcher: Watcher,
        limits: Limits,
        *,
        zipped: bool,
    ) -> None:
        super().__init__(watcher, limits)
        self._zipped = zipped
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

    async def write(self, batch: Batch) -> int:
        """Send all that is due in one piece: a reader sees whole blocks, a proxy one write."""
        if self.outlet is not None:
            data = self.wire(batch)
            await self.outlet.write(data)
            return len(data)
        body = batch.deflated_blocks if self._zipped else batch.blocks
        await self._http_send({"type": "http.response.body", "body": body, "more_body": True})
        return len(body)

    def wire(self, batch: Batch) -> bytes:
        return batch.deflated_chunk if self._zipped else batch.chunk

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
