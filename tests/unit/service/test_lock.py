"""Files that one process at a time can hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.lock import FileLock


def test_one_at_a_time_holds_a_lock(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert one.acquire()
    assert not other.acquire()
    assert other.holder() == str(os.getpid())
    one.release()
    assert other.acquire()
    other.release()


def test_releasing_what_is_not_held_does_nothing(tmp_path: Path) -> None:
    FileLock(tmp_path / "lock").release()


def test_a_lock_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileLock(tmp_path / "nowhere" / "lock").acquire()
