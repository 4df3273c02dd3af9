from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.rotating_file import RotatingFile

LINE = b"a line of twenty b.\n"


@contextmanager
def opened(path: Path, *, lines: int = 2, keep_files: int = 2) -> Iterator[RotatingFile]:
    file = RotatingFile(path, max_bytes=lines * len(LINE), keep_files=keep_files)
    yield file
    file.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.log"


def test_it_begins_a_new_file_when_the_next_line_does_not_fit(path: Path) -> None:
    with opened(path) as file:
        for _ in range(5):
            file.write(LINE)
    assert [each.read_bytes() for each in sorted(path.parent.iterdir())] == [
        LINE,
        LINE * 2,
        LINE * 2,
    ]


def test_it_keeps_as_many_older_files_as_it_should(path: Path) -> None:
    with opened(path, lines=1) as file:
        for number in range(5):
            file.write(b"%d\n" % number + LINE)
    assert {each.name: each.read_bytes()[:1] for each in path.parent.iterdir()} == {
        "lines.log": b"4",
        "lines.log.1": b"3",
        "lines.log.2": b"2",
    }


def test_it_may_keep_none(path: Path) -> None:
    with opened(path, keep_files=0) as file:
        for _ in range(5):
            file.write(LINE)
    assert [each.name for each in path.parent.iterdir()] == ["lines.log"]
    assert path.read_bytes() == LINE


def test_it_goes_on_where_an_earlier_process_stopped(path: Path) -> None:
    for _ in range(3):
        with opened(path) as file:
            file.write(LINE)
    assert path.read_bytes() == LINE
    assert path.with_name("lines.log.1").read_bytes() == LINE * 2


def test_a_line_longer_than_a_file_has_one_of_its_own(path: Path) -> None:
    with opened(path) as file:
        file.write(LINE)
        file.write(LINE * 9)
        file.write(LINE)
    assert path.with_name("lines.log.1").read_bytes() == LINE * 9


def test_nobody_else_can_read_it(path: Path) -> None:
    with opened(path) as file:
        for _ in range(3):
            file.write(LINE)
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


def test_a_full_disk_is_an_error(path: Path) -> None:
    path.symlink_to("/dev/full")
    with opened(path) as file, pytest.raises(OSError, match="No space left"):
        file.write(LINE)


def test_of_a_line_that_is_cut_short_nothing_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    with opened(path) as file:
        file.write(LINE)
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:5]))
            with pytest.raises(OSError, match="No space left"):
                file.write(LINE)
        file.write(LINE)
    assert path.read_bytes() == LINE * 2


def test_a_file_that_cannot_be_put_aside_takes_what_comes(path: Path) -> None:
    with opened(path, keep_files=1) as file, capture_logs() as logged:
        path.with_name("lines.log.1").mkdir()
        (path.with_name("lines.log.1") / "in the way").touch()
        for _ in range(5):
            file.write(LINE)
    assert path.read_bytes() == LINE * 5
    assert [entry["event"] for entry in logged] == ["file.not_rotated"] * 2
