"""Calls that must come to their end, in threads or elsewhere, whoever stops waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


async def blocking(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a blocking function in a thread, and be done only when it is.

    A thread cannot be cancelled.  When the caller is, this waits for the thread before it passes
    the cancellation on, so that nobody closes or deletes a file that the thread still writes.
    """
    work = asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **kwargs))
    return await to_the_end(work)


async def to_the_end(work: asyncio.Future[R], patience: float | None = None) -> R:
    """Wait for work, and when cancelled pass that on only once the work has ended.

    ``patience`` is for how many seconds a cancelled caller still waits before the work is
    cancelled as well; without it, for as long as that takes.
    """
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait({work}, timeout=None if cancelled is None else patience)
        except asyncio.CancelledError as error:
            cancelled = error
        else:
            if not work.done():
                work.cancel()
                break
    if cancelled is not None:
        if work.done() and not work.cancelled():
            work.exception()  # seen; the cancellation says enough
        raise cancelled
    return work.result()
