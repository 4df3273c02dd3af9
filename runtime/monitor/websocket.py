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
from runtime.http.errors import ErrorAnswers, Refusals
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
REFUSALS: Final = Refusals()
"""The answers of a design that has none of its own."""


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
        watcher = await _admit(websocket, security, stream, join, refusals)
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


async def _admit(
    websocket: WebSocket, security: Security, stream: Stream, join: Join, refusals: Refusals
) -> Watcher:
    errors = (refusals.unauthorized, refusals.forbidden)
    answers = ErrorAnswers(stream.name, errors, refusals.error_header)
    try:
        claims = await admit_websocket(websocket, security, stream.ticket)
    except ForeignOrigin as error:
        _log.info("monitor.refused", stream=stream.name, why="foreign origin")
        raise _Refused(answers.declared(refusals.not_allowed())) from error
    except InvalidCredential as error:
        _log.info("monitor.refused", stream=stream.name, why=str(error))
        raise _Refused(answers.declared(refusals.not_known())) from error
    except TicketStoreUnavailable as error:
        raise _Refused(answers.answer(error)) from error
    if not stream.requires.met_by(claims.attributes):
        raise _Refused(answers.declared(refusals.not_allowed()))
    try:
        return await join(Caller(claims, stream.name), ALL)
    except ServiceError as error:
        raise _Refused(answers.declared(error)) from error


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
        watcher, due = self._watcher, self._due
        timer = _Timer(due.set)
        patience = _Patience(self._limits.send_seconds)
        try:
            while not self._gone:
                if self._too_big:
                    return await self._close(*TOO_BIG)
                if frames := watcher.take():
                    if not await self._write(frames, patience):
                        watcher.end(Ending.SLOW)
                elif watcher.ended is not None:
                    return await self._close(*watcher.ended.value)
                due.clear()
                if watcher.on_due(due.set):
                    timer.start(watcher.delay)
                    await due.wait()
        finally:
            timer.stop()
            patience.stop()

    async def _write(self, frames: Sequence[Frame], patience: _Patience) -> bool:
        """Write frames; tell whether they left in time."""
        send = self._websocket.send
        try:
            patience.begin()
            for frame in frames:
                await send({"type": "websocket.send", "text": frame.text})
        except asyncio.CancelledError:
            if not patience.lost:
                raise
            return False
        finally:
            patience.end()
        return True

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(self._limits.close_seconds):
                await self._websocket.close(code, reason)
        except TimeoutError:
            # It does not read what was sent before; the server drops the connection.
            _log.info("monitor.unread_close", code=code)


class _Timer:
    """Calls after a delay; one that runs is left to run, since what is due only moves away."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._handle: asyncio.TimerHandle | None = None

    def start(self, delay: Callable[[], float]) -> None:
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(delay(), self._fire)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _fire(self) -> None:
        self._handle = None
        self._call()


class _Patience:
    """Cancels its task when what it begins does not end in time.

    As ``asyncio.timeout`` does, but without a new timer for each of many short writes.
    """

    def __init__(self, seconds: float) -> None:
        self.lost = False
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._since: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self._since = self._loop.time()
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._look)

    def end(self) -> None:
        self._since = None
        if self.lost and self._task is not None:
            self._task.uncancel()

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _look(self) -> None:
        self._handle = None
        if self._since is None:
            return
        left = self._since + self._seconds - self._loop.time()
        if left > 0:
            self._handle = self._loop.call_later(left, self._look)
        elif self._task is not None:
            self.lost = True
            self._task.cancel()


def _length(message: Message) -> int:
    return len(message.get("text") or message.get("bytes") or b"")
