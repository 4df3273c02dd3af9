"""Several serving processes behind one address (``SERVICE_HTTP__WORKERS``)."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import structlog

from runtime.serving.workers import Command, Line, WorkerFailed, Workers
from service.app import prepare
from service.listeners import Listeners, listening
from service.server import serve_on
from service.settings import Settings
from service.start import CannotStart

OPTION: Final = "--worker"
"""The option of ``serve`` that makes a worker of it: its number, its line, its sockets."""
STOP_SECONDS: Final = 5.0
"""How long a worker may take to close what it has open, after its connections."""


async def serve_with_workers(settings: Settings, announce: Callable[[Listeners], None]) -> None:
    """Serve with so many processes until a signal says to stop.

    What they need is checked, made and migrated once, before the first of them starts.

    Raises:
        CannotStart: Something is not as configured, or a worker could not start.
    """
    with listening(settings) as listeners:
        await prepare(settings)
        workers = Workers(
            settings.http.workers,
            lambda number, line: _command(listeners, number, line),
            stop_seconds=settings.http.drain_seconds + STOP_SECONDS,
        )
        try:
            stopped = await workers.run(lambda: announce(listeners))
        except WorkerFailed as error:
            raise CannotStart(str(error)) from error
    if not stopped:
        raise CannotStart("a worker did not stop well: the log says which, and how it ended")


async def serve_as_worker(settings: Settings, handed: str, started: Callable[[], None]) -> None:
    """Serve as one of several processes, on what its supervisor hands over.

    Raises:
        CannotStart: Something is not as configured.
    """
    number, line_file, *files = map(int, handed.split(","))
    structlog.contextvars.bind_contextvars(worker=number)
    line = Line(line_file)
    line.watch()

    def ready() -> None:
        started()
        line.ready()

    requests, *metrics = (socket.socket(fileno=file) for file in files)
    with closing(requests):
        await serve_on(Listeners(requests, tuple(metrics)), _of_worker(settings, number), ready)


def _command(listeners: Listeners, number: int, line: int) -> Command:
    sockets = (listeners.requests, *listeners.metrics[number - 1 : number])
    files = [each.fileno() for each in sockets]
    handed = ",".join(map(str, (number, line, *files)))
    return Command([sys.executable, *sys.orig_argv[1:], f"{OPTION}={handed}"], files)


def _of_worker(settings: Settings, number: int) -> Settings:
    """Return the settings of a worker: an audit log is written by one process alone."""
    path = settings.audit.path
    if path is None or number == 1:
        return settings
    audit = settings.audit.model_copy(update={"path": _numbered(path, number)})
    return settings.model_copy(update={"audit": audit})


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
