"""A process that performs workflows and serves nobody."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

from runtime.serving.metrics import serving_metrics
from service.app import working
from service.listeners import listening_for_worker
from service.settings import Settings


async def work(
    settings: Settings, announce: Callable[[str | None, socket.socket | None], None]
) -> None:
    """Perform workflows until SIGINT or SIGTERM comes.

    ``announce`` is called once it works, with the name of another process if one performs workflows
    already, and with the socket that its numbers are asked for on; it then waits to take the
    other's place.  What is under way when the end comes stays unfinished, and whoever performs
    workflows next goes on with it.

    Raises:
        CannotStart: Something is not as configured.
        KeyFileError, CannotMigrate: As their names say.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    with listening_for_worker(settings) as listener:
        async with working(settings) as worker, AsyncExitStack() as serving:
            if listener is not None:
                await serving.enter_async_context(serving_metrics(listener, worker.metrics.collect))
            engine = worker.engine
            announce(None if engine.performs else engine.performer, listener)
            await stop.wait()
