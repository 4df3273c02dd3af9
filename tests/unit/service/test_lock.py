"""Files that one process at a time can hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.lock import FileLock, lock_of


async def test_one_at_a_time_holds_a_lock(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert await one.acquire()
    assert not await other.acquire()
    assert [await one.held(), await other.held()] == [True, False]
    assert await other.holder() == f"process {os.getpid()}"
    await one.release()
    assert await other.acquire()
    await other.release()


async def test_releasing_what_is_not_held_does_nothing(tmp_path: Path) -> None:
    await FileLock(tmp_path / "lock").release()


async def test_a_lock_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await FileLock(tmp_path / "nowhere" / "lock").acquire()


@pytest.mark.engines
async def test_processes_on_one_database_share_its_locks(empty_database_url: str) -> None:
    one, other = (lock_of(empty_database_url, "workflows") for _ in range(2))
    different = lock_of(empty_database_url, "lock")
    assert await one.acquire()
    assert not await other.acquire()
    assert await different.acquire()
    await one.release()
    assert await other.acquire()
    await other.release()
    await different.release()
