"""An application behind a socket, until a signal ends it."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from runtime.serving.uvicorn import UVICORN

DRAIN_SECONDS: Final = 1.0
"""How long requests may go on once the end has come."""
SPREAD: Final = 0.75
"""Over which part of that time connections without end are ended: the last of them, and what is
still being written, have the rest."""
LAST_SECONDS: Final = 0.75
"""How long the last of them have at least: more than a reader that stalls is waited for."""
FULL_SECONDS: Final = 10.0
"""How often it is said that no connection can be accepted."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def _nothing(*_: object) -> None:
    pass


async def _ended_already(_: float) -> None:
    pass


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    started: Callable[[], None] = _nothing,
    drain: Callable[[float], Awaitable[None]] = _ended_already,
    drain_seconds: float = DRAIN_SECONDS,
) -> None:
    """Serve until SIGINT or SIGTERM comes, or the task is cancelled; then close every connection.

    ``listener`` is a socket that listens; ``started`` is called once requests are answered.  When
    the end has come ``drain`` is given seconds in which to end what has no end of its own
    (``Places.drain``); requests are answered meanwhile.  Then nothing more is accepted, and what is
    in flight has the rest of ``drain_seconds``.  What the application needs is opened before and
    closed after: a signal ends the serving, and the caller's own code goes on.  To be called in the
    main thread, where signals are.
    """
    options: dict[str, Any] = {**UVICORN, "timeout_graceful_shutdown": drain_seconds}
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", **options
    )
    server = _Server(config, started, drain, drain_seconds)
    with _signals_end_the_server(), _fullness_told_in_a_line():
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[[], None],
        drain: Callable[[float], Awaitable[None]],
        drain_seconds: float,
    ) -> None:
        super().__init__(config)
        self._tell_started = started
        self._drain = drain
        self._drain_seconds = drain_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn would close every WebSocket at once, before anything else is told.
        began = time.monotonic()
        await self._drain(self._drain_seconds * SPREAD)
        left = self._drain_seconds - (time.monotonic() - began)
        config: Any = self.config
        config.timeout_graceful_shutdown = max(left, min(LAST_SECONDS, self._drain_seconds))
        await super().shutdown(sockets)


@contextmanager
def _signals_end_the_server() -> Iterator[None]:
    """Let a signal end the server and no more.

    uvicorn raises the signal once again when it is done, which would end the process before it
    has closed what it opened.
    """
    before = {each: signal.signal(each, _nothing) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _fullness_told_in_a_line() -> Iterator[None]:
    """Say in a line that there is no room for another connection.

    asyncio tries a whole backlog of connections each second then, and logs a traceback for each:
    for as long as strangers hold all that this process may open, it would do nothing else.
    """
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    tell_after = loop.time()

    def tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal tell_after
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _FULL:
            if loop.time() >= tell_after:
                tell_after = loop.time() + FULL_SECONDS
                log.error("server.full", reason=error.strerror)
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(tell)
    try:
        yield
    finally:
        loop.set_exception_handler(before)


_FULL: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
