"""A process that works for an archive and is killed at a chosen point, as `kill -9` kills."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

import pytest
from sqlalchemy.orm import configure_mappers
from structlog.testing import capture_logs

from tests.guard import Guard
from tests.unit.service.conftest import open_domain
from tests.unit.service.storage.archive import Archive
from tests.unit.service.storage.dying import NEVER, Death

LEASE_SECONDS: Final = 0.15
"""What the next process waits for; of processes that live at once, one overtakes the other."""

Work: TypeAlias = Callable[[Archive], Awaitable[object]]
"""What a process does; a function of a module, perhaps with some arguments given already."""

_FORK_SERVER: Final = multiprocessing.get_context("forkserver")
# What takes long is done once, in the process that all of them are copies of.
_FORK_SERVER.set_forkserver_preload(
    [
        __name__,
        "typst",
        "asyncpg",
        "asyncmy",
        "sqlalchemy.dialects.postgresql.asyncpg",
        "sqlalchemy.dialects.mysql.asyncmy",
    ]
)
configure_mappers()


async def lived(
    archive: Archive, work: Work, *, at: int = NEVER, lease_seconds: float = LEASE_SECONDS
) -> bool:
    """Work for an archive in a process of its own; ``False`` if it was killed."""
    return await asyncio.to_thread(
        _lived, archive.domain.database.url, archive.folder, work, at, lease_seconds
    )


def _lived(url: str, folder: Path, work: Work, at: int, lease_seconds: float) -> bool:
    process = _FORK_SERVER.Process(target=_live, args=(url, folder, work, at, lease_seconds))
    process.start()
    process.join(60)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError("it did not come to an end")
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


def _live(url: str, folder: Path, work: Work, at: int, lease_seconds: float) -> None:
    # It does not live for long, and would have to touch all that it shares with the other ones.
    gc.disable()
    guard = Guard()
    guard.install()
    with capture_logs(), pytest.MonkeyPatch.context() as patch:
        death = Death(at, _die)
        death.in_stores(patch)
        asyncio.run(_work(url, folder, work, death, lease_seconds))
    assert guard.take() == []


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it lives")


async def _work(url: str, folder: Path, work: Work, death: Death, lease_seconds: float) -> None:
    async with open_domain(url, folder) as domain:
        archive = Archive(domain, folder, death, lease_seconds)
        await work(archive)
        await archive.close()
