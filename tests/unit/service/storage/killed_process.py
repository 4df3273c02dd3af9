"""A process that performs moves and is killed at a chosen point of one, as `kill -9` kills."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Final, NoReturn

from structlog.testing import capture_logs

from generated.storage.events import StorageEvent
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Retry, RunStatus
from service.storage.move_workflow import move_workflow
from tests.guard import Guard
from tests.unit.service.conftest import open_domain
from tests.unit.service.storage.dying import Death

LEASE_SECONDS: Final = 0.3
"""What the next process waits for; under a load that is too short, one overtakes the other."""

AT_ONCE: Final = Retry(attempts=2, seconds=0.0)

NEVER: Final = 0
"""The point at which nobody is killed."""

_FORK_SERVER: Final = multiprocessing.get_context("forkserver")
# What takes long to import is imported once, not in every process.
_FORK_SERVER.set_forkserver_preload([__name__])


class Life:
    """A process that performs what is unfinished, until these runs have ended or it is killed."""

    def __init__(self, url: str, folder: Path, identifiers: list[str], at: int = NEVER) -> None:
        self._process = _FORK_SERVER.Process(target=_live, args=(url, folder, identifiers, at))
        self._process.start()

    def end(self) -> bool:
        """Wait for the end; ``False`` if it was killed."""
        self._process.join(60)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
            raise AssertionError("it did not come to an end")
        assert self._process.exitcode in (0, -signal.SIGKILL)
        return self._process.exitcode == 0


def _live(url: str, folder: Path, identifiers: list[str], at: int) -> None:
    guard = Guard()
    guard.install()
    with capture_logs():
        asyncio.run(_perform(url, folder, identifiers, Death(at, _die)))
    assert guard.take() == []


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it lives")


async def _perform(url: str, folder: Path, identifiers: list[str], death: Death) -> None:
    async with open_domain(url, folder) as domain:
        workflow = move_workflow(
            domain.database, domain.configurations, copying=AT_ONCE, deleting=AT_ONCE
        )
        engine = EmbeddedEngine(
            domain.database,
            domain.transactions,
            [death.in_undo(death.in_perform(workflow))],
            lease_seconds=LEASE_SECONDS,
        )
        await engine.open()
        for identifier in identifiers:
            await _ended(engine, identifier)
        await engine.close()


async def _ended(engine: EmbeddedEngine[StorageEvent], identifier: str) -> None:
    while True:
        if await engine.status(identifier) is not RunStatus.RUNNING:
            return
        await asyncio.sleep(0.01)
