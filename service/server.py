"""The application behind a socket, from the first request to the last."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from runtime.monitor.uvicorn import UVICORN
from service.app import running
from service.settings import HTTPSettings, Settings
from service.start import CannotStart

BACKLOG: Final = 2048
"""How many connections may wait to be accepted."""


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until a signal says to stop.  ``announce`` is told the address once it can be used.

    Raises:
        CannotStart: The address is taken or not ours, or something else is not as configured.
    """
    with closing(_listen(settings.http)) as listener:
        async with running(settings) as app:
            server = _Server(_config(app, settings), lambda: announce(_address(listener)))
            with _signals_end_the_server():
                await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    options: dict[str, Any] = {
        **UVICORN,
        "timeout_graceful_shutdown": settings.http.drain_seconds,
    }
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", **options
    )


def _listen(http: HTTPSettings) -> socket.socket:
    variable = "SERVICE_HTTP__PORT"
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotStart(f"SERVICE_HTTP__HOST: {http.host}: {error.strerror}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotStart(
            f"{variable}: cannot listen on {http.host}:{http.port}: {error.strerror}."
            " Stop what is there, or choose another port"
        ) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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


def _nothing(_number: int, _frame: object) -> None:
    pass
