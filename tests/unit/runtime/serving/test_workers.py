"""Several processes that are kept alive, and stopped, together."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from runtime.serving import workers
from runtime.serving.workers import Command, WorkerFailed, Workers
from tests.unit.runtime.waiting import until

START_SECONDS = 60

SUPERVISE = """
import asyncio, sys
from pathlib import Path
from tests.unit.runtime.serving.test_workers import some

asyncio.run(some(2, "ready", Path(sys.argv[1])).run(lambda: print("started", flush=True)))
"""


def some(count: int, how: str, record: Path, stop_seconds: float = 30) -> Workers:
    def command(number: int, line: int) -> Command:
        module = "tests.unit.runtime.serving.worker"
        return Command([sys.executable, "-m", module, how, f"{number}", f"{line}", f"{record}"], [])

    return Workers(count, command, stop_seconds=stop_seconds)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Where each worker writes its number and its process when it begins."""
    file = tmp_path / "record"
    file.touch()
    return file


def begun(record: Path) -> list[tuple[int, int]]:
    lines = [line.split() for line in record.read_text().splitlines()]
    return [(int(number), int(process)) for number, process in lines]


def alive(process: int) -> bool:
    """Whether a process runs: one that has ended may wait for whoever adopted it to notice."""
    try:
        about = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return about.rpartition(") ")[2][0] not in "ZX"


async def ended_by(
    some: Workers, number: signal.Signals, then: Callable[[], Awaitable[None]]
) -> bool:
    """Run workers, do something once all are ready, and send the supervisor a signal."""
    started = asyncio.Event()
    running = asyncio.create_task(some.run(started.set))
    async with asyncio.timeout(START_SECONDS):
        await started.wait()
    await then()
    os.kill(os.getpid(), number)
    async with asyncio.timeout(START_SECONDS):
        return await running


async def nothing() -> None:
    pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_all_are_ready_before_it_is_said_and_a_signal_stops_them_well(
    record: Path, number: signal.Signals
) -> None:
    assert await ended_by(some(2, "ready", record), number, nothing)
    assert {each for each, _ in begun(record)} == {1, 2}
    assert not any(alive(process) for _, process in begun(record))


async def test_one_that_is_killed_is_started_again(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "FIRST_PAUSE", 0.01)

    async def kill_one() -> None:
        number, process = begun(record)[0]
        os.kill(process, signal.SIGKILL)
        await until(lambda: len(begun(record)) == 3, START_SECONDS)
        assert begun(record)[2][0] == number

    with capture_logs() as logs:
        assert await ended_by(some(2, "ready", record), signal.SIGTERM, kill_one)
    [entry] = [entry for entry in logs if entry["event"] == "worker.ended"]
    assert (entry["how"], entry["again_in_seconds"]) == ("SIGKILL", 0.01)


async def test_one_that_cannot_start_ends_all(record: Path) -> None:
    said: list[str] = []
    with pytest.raises(WorkerFailed, match=r"worker 2 ended before it was ready \(exit code 3\)"):
        await some(2, "ready but the second", record).run(lambda: said.append("started"))
    assert said == []
    assert not any(alive(process) for _, process in begun(record))


async def test_one_that_does_not_stop_is_killed_and_told_of(record: Path) -> None:
    stubborn = some(1, "stubborn", record, stop_seconds=0.2)
    with capture_logs() as logs:
        assert not await ended_by(stubborn, signal.SIGTERM, nothing)
    assert {"worker.killed"} <= {entry["event"] for entry in logs}
    assert not any(alive(process) for _, process in begun(record))


async def test_one_that_ends_badly_is_told_of(record: Path) -> None:
    with capture_logs() as logs:
        assert not await ended_by(some(1, "sorry", record), signal.SIGTERM, nothing)
    assert [entry["how"] for entry in logs if entry["event"] == "worker.ended"] == ["exit code 4"]


def test_they_end_when_their_supervisor_is_killed(record: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(record)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
    )
    assert supervisor.stdout is not None
    with supervisor.stdout as said:
        # The log goes there too.
        assert b"started\n" in iter(said.readline, b"")
        supervisor.kill()
        supervisor.wait()
    deadline = time.monotonic() + START_SECONDS
    while any(alive(process) for _, process in begun(record)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
