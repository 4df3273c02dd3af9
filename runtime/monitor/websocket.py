"""A watcher over a WebSocket: moves frames out, and notices when the client is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog
from starlette.responses import Response
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from runtime.http.errors import Refusals
from runtime.http.security import Security
from runtime.monitor.admission import REFUSALS, Join, Refused, admit
from runtime.monitor.batch import Batch
from runtime.monitor.delivery import LIMITS, OUTLET, Delivery, Limits, Outlet
from runtime.monitor.ending import Ending
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

TOO_BIG: Final = (1009, "nothing of that size is expected here")
"""The close code of a client that sends more than ``Limits.received``."""


class MessageOutlet(Outlet, Protocol):
    """An outlet for WebSocket messages."""

    on_flood: Callable[[], None] | None
    """To be called when the client sends more than is taken, at once or in one message, the first time."""

    @property
    def deflates(self) -> bool:
        """Whether the client takes compressed messages (RFC 7692)."""
        ...


_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


async def serve_websocket(
    websocket: WebSocket,
    security: Security,
    stream: Stream,
    join: Join,
    limits: Limits = LIMITS,
    refusals: Refusals = REFUSALS,
) -> None:
    """Serve a stream to whoever may watch it, until either side has enough.

    All that can be refused is refused with an HTTP answer before the upgrade; the watcher joins
    before it too, so that nothing is missed between the two.  ``refusals`` are the design's answers.
    """
    try:
        watcher = await admit(websocket, security, stream, join, refusals)
    except Refused as refused:
        await _deny(websocket, refused.answer)
        return
    try:
        await websocket.accept()
        await _Connection(websocket, watcher, limits).serve()
    except (WebSocketDisconnect, OSError):
        # Gone while we were writing: nobody is left to tell.
        pass
    finally:
        watcher.leave()


async def _deny(websocket: WebSocket, answer: Response) -> None:
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(answer)
    else:
        # A server that cannot say more answers 403 to a close before the upgrade.
        await websocket.close()


class _Connection(Delivery):
    def __init__(self, websocket: WebSocket, watcher: Watcher, limits: Limits) -> None:
        super().__init__(watcher, limits)
        self._websocket = websocket
        self._too_big = False
        outlet: MessageOutlet | None = websocket.scope.get("extensions", {}).get(OUTLET)
        self.outlet = outlet
        self._deflates = outlet is not None and outlet.deflates
        if outlet is not None:
            outlet.on_flood = self._flooded

    async def write(self, batch: Batch) -> int:
        if self.outlet is not None:
            data = self.wire(batch)
            await self.outlet.write(data)
            return len(data)
        for frame in batch:
            await self._websocket.send({"type": "websocket.send", "text": frame.text})
        return len(batch.messages)

    def wire(self, batch: Batch) -> bytes:
        return batch.deflated_messages if self._deflates else batch.messages

    async def receive(self) -> bool:
        """Read and drop, so that close, ping and pong are noticed."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return False
        if _length(message) > self.limits.received:
            self._too_big = True
            self.due.set()
        return True

    def _flooded(self) -> None:
        self._watcher.flooded()
        client = self._websocket.client
        _log.warning("monitor.flooded", address=client.host if client else "")

    async def refuse(self) -> bool:
        if self._too_big:
            self._flooded()
            await self._close(*TOO_BIG)
        return self._too_big

    async def finish(self, ending: Ending) -> None:
        await self._close(*ending.value)

    async def _close(self, code: int, reason: str) -> None:
        # A server may hold the close back for as long as somebody waits to receive (granian does).
        await self.receive_no_more()
        try:
            async with asyncio.timeout(self.limits.close_seconds):
                await self._websocket.close(code, reason)
        except TimeoutError:
            # It does not read what was sent before; the server drops the connection.
            _log.info("monitor.unread_close", code=code)


def _length(message: Message) -> int:
    return len(message.get("text") or message.get("bytes") or b"")
