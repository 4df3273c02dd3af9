import subprocess
import sys
import time
from pathlib import Path

from tests.faults.wall_clock import WallClock

ASKED = """
import datetime, sys, time
for _ in sys.stdin:
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    print(time.time(), now, time.monotonic(), flush=True)
"""


def test_the_time_of_day_is_stepped_while_a_process_runs(tmp_path: Path) -> None:
    clock = WallClock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", ASKED],
        env=clock.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for seconds in (0, 7200, -7200):
            clock.step(seconds)
            process.stdin.write(b"\n")
            process.stdin.flush()
            said = [float(each) for each in process.stdout.readline().split()]
            true = (time.time() + seconds, time.time() + seconds, time.monotonic())
            for each, expected in zip(said, true, strict=True):
                assert abs(each - expected) < 10
        process.stdin.close()
