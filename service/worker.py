"""A process that performs workflows and serves nobody."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from service.app import working
from service.settings import Settings


async def work(settings: Settings, announce: Callable[[str | None], None]) -> None:
    """Perform workflows until SIGINT or SIGTERM comes.

    ``announce`` is called once it works, with the name of another process if one performs workflows
    already; this one then waits to take its place.  What is under way when the end comes stays
    unfinished, and whoever performs workflows next goes on with it.

    Raises:
        CannotStart: Something is not as configured.
        KeyFileError, CannotMigrate: As their names say.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    async with working(settings) as engine:
        announce(None if engine.performs else engine.performer)
        await stop.wait()
