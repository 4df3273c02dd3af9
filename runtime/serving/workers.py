"""Several processes that serve one socket: started, restarted, and stopped together.

A worker and its supervisor hold the two ends of a line.  The worker says once that it is ready;
the supervisor says nothing, and when it is gone, however it went, the line ends and the worker
stops: none is left behind to hold the port.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Final

import structlog

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
"""Seconds before a worker that ended is started again; the pause doubles while it keeps ending."""
STEADY_SECONDS: Final = 60.0
"""A worker that lived so long was well: the next pause is the first one again."""
READY: Final = b"!"

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class WorkerFailed(Exception):
    """A worker ended before it was ready, when none had been; it has said why itself."""

    def __init__(self, number: int, code: int) -> None:
        super().__init__(f"worker {number} ended before it was ready ({_how(code)})")


@dataclass(frozen=True)
class Command:
    """How to start a worker: its command line, and the open files that it is handed."""

    arguments: Sequence[str]
    files: Sequence[int]


class Workers:
    """Keeps so many processes alive, numbered from 1."""

    def __init__(
        self, count: int, command: Callable[[int, int], Command], *, stop_seconds: float
    ) -> None:
        """Start nothing yet.

        Args:
            count: How many.
            command: Says how to start a worker, from its number and its end of the line: an open
                file that it is handed beside those which the command names.
            stop_seconds: How long workers may take to stop before they are killed.
        """
        self._count = count
        self._command = command
        self._stop_seconds = stop_seconds
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._lines: dict[int, socket.socket] = {}
        self._ready: set[int] = set()
        self._all_ready = asyncio.Event()

    async def run(self, started: Callable[[], None]) -> bool:
        """Run until SIGINT or SIGTERM comes; tell whether every worker stopped well then.

        ``started`` is called once all are ready.  To be called in the main thread.

        Raises:
            WorkerFailed: One of them could not start.
        """
        loop = asyncio.get_running_loop()
        signalled = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, signalled.set)
        working = asyncio.gather(
            *(self._keep(number) for number in range(1, self._count + 1)),
            self._tell(started),
        )
        waiting = asyncio.create_task(signalled.wait())
        try:
            await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                # Only a failure ends it.
                await working
        finally:
            working.cancel()
            waiting.cancel()
            await asyncio.gather(working, waiting, return_exceptions=True)
            stopped = await self._stop()
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(each)
        return stopped

    async def _tell(self, started: Callable[[], None]) -> None:
        await self._all_ready.wait()
        started()

    async def _keep(self, number: int) -> None:
        """Have a worker of this number at all times."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            code = await self._serve(number)
            if not self._all_ready.is_set():
                raise WorkerFailed(number, code)
            if time.monotonic() - began >= STEADY_SECONDS:
                pause = FIRST_PAUSE
            _log.error("worker.ended", worker=number, how=_how(code), again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve(self, number: int) -> int:
        """Start a worker, and return its exit code when it has ended."""
        ours, its = socket.socketpair()
        ours.setblocking(False)
        self._lines[number] = ours
        with closing(its):
            command = self._command(number, its.fileno())
            process = await asyncio.create_subprocess_exec(
                *command.arguments,
                pass_fds=(*command.files, its.fileno()),
                # Ctrl-C reaches a whole terminal: a worker hears of it from us, once.
                start_new_session=True,
            )
        self._processes[number] = process
        if await asyncio.get_running_loop().sock_recv(ours, 1) == READY:
            _log.info("worker.ready", worker=number, process=process.pid)
            self._ready.add(number)
            if len(self._ready) == self._count:
                self._all_ready.set()
        code = await process.wait()
        del self._processes[number]
        self._lines.pop(number).close()
        return code

    async def _stop(self) -> bool:
        """Stop all workers; tell whether each did so by itself, and well."""
        well = [
            await each
            for each in [
                asyncio.create_task(self._end(number, process))
                for number, process in self._processes.items()
            ]
        ]
        for line in self._lines.values():
            line.close()
        return all(well)

    async def _end(self, number: int, process: asyncio.subprocess.Process) -> bool:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self._stop_seconds):
                code = await process.wait()
        except TimeoutError:
            _log.error("worker.killed", worker=number, after_seconds=self._stop_seconds)
            with suppress(ProcessLookupError):
                process.kill()
            code = await process.wait()
        # A worker that had not got so far as to mind the signal was ended by it.
        if code not in (0, -signal.SIGTERM):
            _log.error("worker.ended", worker=number, how=_how(code))
            return False
        return True


class Line:
    """A worker's end of the line to its supervisor."""

    def __init__(self, file: int) -> None:
        """Take the open file that the worker was handed."""
        self._socket = socket.socket(fileno=file)
        self._socket.setblocking(False)
        self._watching: asyncio.Task[None] | None = None

    def watch(self) -> None:
        """Stop this process, as a signal would, when the supervisor is gone."""
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    def ready(self) -> None:
        """Say that this worker is ready."""
        with suppress(OSError):
            # Gone already: we are about to hear of it.
            self._socket.send(READY)

    async def _watch(self) -> None:
        with suppress(OSError):
            await asyncio.get_running_loop().sock_recv(self._socket, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        # Only now: where the log goes may be gone as well.
        _log.error("worker.supervisor_gone")


def _how(code: int) -> str:
    """Say how a process ended: by a signal, or with an exit code."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
