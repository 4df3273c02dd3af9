"""The sockets that the service listens on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Final

from service.settings import HTTPSettings, Settings
from service.start import CannotStart

BACKLOG: Final = 2048
"""How many connections may wait to be accepted."""
METRICS_HOST: Final = "127.0.0.1"
"""Metrics have no access control: whoever collects them does so from this machine."""


@dataclass(frozen=True)
class Listeners:
    """Where processes answer: requests all of them, ``/metrics`` each its own, unless it is off."""

    requests: socket.socket
    metrics: tuple[socket.socket, ...]

    @property
    def address(self) -> str:
        """Where requests are answered."""
        return _address(self.requests)

    @property
    def metrics_addresses(self) -> list[str]:
        """Where ``/metrics`` is, of each process."""
        return [metrics_address(each) for each in self.metrics]


@contextmanager
def listening(settings: Settings) -> Iterator[Listeners]:
    """Listen until the end of the block.

    Raises:
        CannotStart: An address is taken or not ours.
    """
    with ExitStack() as sockets:
        requests = sockets.enter_context(closing(_listen_for_requests(settings.http)))
        metrics = []
        if (port := settings.metrics.port) is not None:
            for number in range(settings.http.workers):
                listener = _listen_for_metrics(port and port + number)
                metrics.append(sockets.enter_context(closing(listener)))
        yield Listeners(requests, tuple(metrics))


@contextmanager
def listening_for_worker(settings: Settings) -> Iterator[socket.socket | None]:
    """Listen for those who ask a worker for its numbers, if anybody may.

    Unless a port is configured it is a free one: the usual one is that of a service, which may
    well run beside it.

    Raises:
        CannotStart: The port is taken.
    """
    metrics = settings.metrics
    if metrics.port is None:
        yield None
        return
    port = metrics.port if "port" in metrics.model_fields_set else 0
    with closing(_listen_for_metrics(port)) as listener:
        yield listener


def metrics_address(listener: socket.socket) -> str:
    """Say where the numbers of a process are."""
    return f"{_address(listener)}/metrics"


def _listen_for_requests(http: HTTPSettings) -> socket.socket:
    try:
        [(family, *_, address), *_] = socket.getaddrinfo(
            http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise CannotStart(f"SERVICE_HTTP__HOST: {http.host}: {error.strerror}") from error
    try:
        return _listen(family, address)
    except OSError as error:
        raise CannotStart(
            f"SERVICE_HTTP__PORT: cannot listen on {http.host}:{http.port}: {error.strerror}."
            " Stop what is there, or choose another port"
        ) from error


def _listen_for_metrics(port: int) -> socket.socket:
    try:
        return _listen(socket.AF_INET, (METRICS_HOST, port))
    except OSError as error:
        raise CannotStart(
            f"SERVICE_METRICS__PORT: cannot listen on {METRICS_HOST}:{port}:"
            f" {error.strerror}. Stop what is there, choose another port (0 is any that is free),"
            " or switch metrics off (SERVICE_METRICS__PORT=off)"
        ) from error


def _listen(family: int, address: tuple[str | int, ...] | tuple[int, bytes]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _address(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
