"""Processes that stand still, as they do when a machine is suspended or out of memory."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def suspend(pid: int) -> None:
    """Let a process stand still; its sockets stay open, and what comes is kept by the system."""
    os.kill(pid, signal.SIGSTOP)


def resume(pid: int) -> None:
    """Let it go on as if no time had passed; nothing happens to one that is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


@contextmanager
def suspended(pid: int) -> Iterator[None]:
    """Let a process stand still for as long as the block takes."""
    suspend(pid)
    try:
        yield
    finally:
        resume(pid)
