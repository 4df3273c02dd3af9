"""Work that, once begun, runs to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog

T = TypeVar("T")

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)
# The loop holds tasks weakly: without this, one that nobody awaits may vanish.
_running: Final[set[asyncio.Task[Any]]] = set()


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end, even if the caller is cancelled meanwhile.

    A cancelled caller waits for the work and is cancelled then; cancelled a second time it leaves
    at once, and the work goes on without it.
    """
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        # Nobody is left to hear of a failure but the log.
        task.add_done_callback(_report)
        if not task.done():
            await asyncio.wait([task])
        raise


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("completion.failed", exc_info=error)
