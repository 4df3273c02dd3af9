"""A watcher over a WebSocket: moves frames out, and notices when the client is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.responses import Response
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from runtime.auth.claims import Caller
from runtime.auth.tickets.ticket import TicketStoreUnavailable
from runtime.auth.tokens import InvalidCredential
from runtime.errors import ServiceError
from runtime.http.errors import ErrorAnswers
from runtime.http.response import json
from runtime.http.security import Security
from runtime.http.tickets import ForeignOrigin, admit_websocket
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Frame
from runtime.monitor.sight import ALL, Selection
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher

Join = Callable[[Caller, Selection], Awaitable[Watcher]]
"""The service's method of the stream: lets a caller watch."""

TOO_BIG: Final = (1009, "nothing of that size is expected here")
"""The close code of a client that sends more than ``Limits.received``."""

TICK: Final = 0.001
"""Seconds by which a timer may be late rather than set anew."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may cost."""

    send_seconds: float = 10.0
    """How long a batch of frames (64 KiB, or one larger frame) may take to leave.  A reader that
    is slower than this is told so, and closed."""
    close_seconds: float = 2.0
    """How long the close frame may wait behind what a stalled client has not read."""
    received: int = 4096
    """Bytes of one message from the client; it has nothing to say, and what it says is dropped."""


LIMITS: Final = Limits()
"""The limits where nothing else is configured."""


async def serve_websocket(
    websocket: WebSocket,
    security: Security,
    stream: Stream,
    join: Join,
    limits: Limits = LIMITS,
) -> None:
    """Serve a stream to whoever may watch it, until either side has enough.

    All that can be refused is refused with an HTTP answer before the upgrade; the watcher joins
    before it too, so that nothing is missed between the two.
    """
    try:
        watcher = await _admit(websocket, security, stream, join)
    except _Refused as refused:
        await _deny(websocket, refused.answer)
        return
    try:
        await _Connection(websocket, watcher, limits).serve()
    except (WebSocketDisconnect, OSError):
        # Gone while we were writing: nobody is left to tell.
        pass
    finally:
        watcher.leave()


class _Refused(Exception):
    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


async def _admit(websocket: WebSocket, security: Security, stream: Stream, join: Join) -> Watcher:
    try:
        claims = await admit_websocket(websocket, security, stream.ticket)
    except ForeignOrigin as error:
        _log.info("monitor.refused", stream=stream.name, why="foreign origin")
        raise _Refused(json(403, "Forbidden")) from error
    except InvalidCredential as error:
        _log.info("monitor.refused", stream=stream.name, why=str(error))
        raise _Refused(json(401, "Unauthorized")) from error
    except TicketStoreUnavailable as error:
        raise _Refused(ErrorAnswers(stream.name, (), None).answer(error)) from error
    if not stream.requires.met_by(claims.attributes):
        raise _Refused(json(403, "Forbidden"))
    try:
        return await join(Caller(claims, stream.name), ALL)
    except ServiceError as error:
        raise _Refused(json(error.status, error.document())) from error


async def _deny(websocket: WebSocket, answer: Response) -> None:
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(answer)
    else:
        # A server that cannot say more answers 403 to a close before the upgrade.
        await websocket.close()


class _Connection:
    def __init__(self, websocket: WebSocket, watcher: Watcher, limits: Limits) -> None:
        self._websocket = websocket
        self._watcher = watcher
        self._limits = limits
        self._due = asyncio.Event()
        self._gone = False
        self._too_big = False

    async def serve(self) -> None:
        """Send what is due, and receive what comes, until one of them ends."""
        await self._websocket.accept()
        receiving = asyncio.get_running_loop().create_task(self._receive())
        try:
            await self._send()
        finally:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)

    async def _receive(self) -> None:
        """Read and drop, so that close, ping and pong are noticed."""
        try:
            while not self._gone:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    self._gone = True
                elif _length(message) > self._limits.received:
                    self._too_big = True
                    self._due.set()
        finally:
            self._gone = True
            self._due.set()

    async def _send(self) -> None:
        timer = _Timer(self._due)
        try:
            while not self._gone:
                if self._too_big:
                    return await self._close(*TOO_BIG)
                if frames := self._watcher.take():
                    await self._write(frames)
                elif self._watcher.ended is not None:
                    return await self._close(*self._watcher.ended.value)
                else:
                    self._due.clear()
                    if self._watcher.on_due(self._due.set):
                        timer.start(self._watcher.delay())
                        await self._due.wait()
        finally:
            timer.stop()

    async def _write(self, frames: Sequence[Frame]) -> None:
        try:
            async with asyncio.timeout(self._limits.send_seconds):
                for frame in frames:
                    await self._websocket.send({"type": "websocket.send", "text": frame.text})
        except TimeoutError:
            self._watcher.end(Ending.SLOW)

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(self._limits.close_seconds):
                await self._websocket.close(code, reason)
        except TimeoutError:
            # It does not read what was sent before; the server drops the connection.
            _log.info("monitor.unread_close", code=code)


class _Timer:
    """Sets an event after a delay; kept while the delay stays the same, as it does most turns."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None

    def start(self, delay: float) -> None:
        at = self._loop.time() + delay
        if self._handle is not None:
            if self._loop.time() < self._handle.when() <= at + TICK:
                return
            self._handle.cancel()
        self._handle = self._loop.call_at(at, self._event.set)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


def _length(message: Message) -> int:
    return len(message.get("text") or message.get("bytes") or b"")
