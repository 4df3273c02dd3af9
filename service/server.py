"""The application behind a socket, from the first request to the last."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Final

from runtime.http.server import serve as serve_until_signal
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
    _allow_connections()
    with closing(_listen(settings.http)) as listener:
        async with running(settings) as app:
            await serve_until_signal(
                app,
                listener,
                started=lambda: announce(_address(listener)),
                drain_seconds=settings.http.drain_seconds,
            )


def _allow_connections() -> None:
    """Let this process open as many files as the system lets it ask for.

    Each watcher is a connection, and the limit that a shell starts with is often 1024.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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
