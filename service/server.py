"""The application behind its sockets, from the first request to the last."""

from __future__ import annotations

import resource
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from runtime.serving.metrics import serving_metrics
from runtime.serving.server import serve as serve_until_signal
from service.app import running
from service.listeners import Listeners, listening
from service.settings import Settings


async def serve(settings: Settings, announce: Callable[[Listeners], None]) -> None:
    """Serve until a signal says to stop.  ``announce`` is told where, once that can be used.

    Raises:
        CannotStart: An address is taken or not ours, or something else is not as configured.
    """
    with listening(settings) as listeners:
        await serve_on(listeners, settings, lambda: announce(listeners))


async def serve_on(listeners: Listeners, settings: Settings, started: Callable[[], None]) -> None:
    """Serve on sockets that listen already, until a signal says to stop.

    Raises:
        CannotStart: Something is not as configured.
    """
    _allow_connections()
    async with running(settings) as service, AsyncExitStack() as serving:
        for each in listeners.metrics:
            await serving.enter_async_context(serving_metrics(each, service.metrics.collect))
        await serve_until_signal(
            service.application,
            listeners.requests,
            started=started,
            drain=service.places.drain,
            drain_seconds=settings.http.drain_seconds,
        )


def _allow_connections() -> None:
    """Let this process open as many files as the system lets it ask for.

    Each watcher is a connection, and the limit that a shell starts with is often 1024.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
