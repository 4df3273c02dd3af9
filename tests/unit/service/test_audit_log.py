from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.audit_log import AuditLog


def open_log(path: Path, waiting: int = 100) -> AuditLog:
    return AuditLog(path, max_bytes=1_000_000, keep_files=1, waiting=waiting)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.log"


@pytest.fixture
def full_disk(path: Path) -> Path:
    path.symlink_to("/dev/full")
    return path


def lines(path: Path) -> list[bytes]:
    *whole, rest = path.read_bytes().split(b"\n")
    assert rest == b""
    return whole


async def test_a_record_is_a_line_that_begins_with_its_time(path: Path) -> None:
    log = open_log(path)
    log.write({"level": "INFO", "msg": "AIP rejected"})
    log.write({"level": "INFO", "msg": "AIP created"})
    await log.close()

    first, second = map(json.loads, lines(path))
    assert list(first) == ["time", "level", "msg"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", first["time"])
    assert (first["msg"], second["msg"]) == ("AIP rejected", "AIP created")
    assert (log.counters.written, log.counters.lost) == (2, 0)


@pytest.mark.parametrize(
    "name", ["a\nb", "a\r\x1b[2Jb", "a\u2028b", "\x7f", "\u202e", "\x85", "\udc80", 'a","msg":"b']
)
async def test_what_a_stranger_wrote_stays_within_its_field(path: Path, name: str) -> None:
    log = open_log(path)
    log.write({"user": name})
    await log.close()

    [line] = lines(path)
    assert all(0x20 <= byte < 0x7F for byte in line)
    assert json.loads(line)["user"] == name


async def test_a_full_disk_fails_nobody_but_is_counted_and_told_once(full_disk: Path) -> None:
    log = open_log(full_disk)
    with capture_logs() as logged:
        for _ in range(3):
            log.write({"msg": "AIP rejected"})
        await log.close()

    assert (log.counters.written, log.counters.lost) == (0, 3)
    [told] = logged
    assert (told["event"], told["log_level"], told["reason"]) == (
        "audit.lost",
        "error",
        "No space left on device",
    )


async def test_when_the_disk_has_room_again_it_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_log(path)
    failed = threading.Event()

    def full(_descriptor: int, _line: bytes) -> int:
        failed.set()
        raise OSError(28, "No space left on device")

    with capture_logs() as logged:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            log.write({"msg": "lost"})
            assert failed.wait(10)
        log.write({"msg": "kept"})
        await log.close()

    assert [json.loads(line)["msg"] for line in lines(path)] == ["kept"]
    assert [entry["event"] for entry in logged] == ["audit.lost", "audit.written_again"]
    assert logged[1]["lost"] == 1


async def test_a_disk_that_does_not_keep_up_holds_nobody_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    write = os.write

    def slow(descriptor: int, line: bytes) -> int:
        begun.set()
        go_on.wait(10)
        return write(descriptor, line)

    log = open_log(path, waiting=2)
    with capture_logs() as logged, monkeypatch.context() as patch:
        patch.setattr(os, "write", slow)
        log.write({"msg": "at the disk"})
        assert begun.wait(10)
        for number in range(5):
            log.write({"msg": f"waits {number}"})
        assert log.counters.lost == 3
        go_on.set()
        await log.close()

    assert len(lines(path)) == 3
    assert logged[0]["reason"] == "the disk does not keep up"


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        open_log(tmp_path)
