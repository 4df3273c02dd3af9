"""Servers that are killed and stand still are seen to be so."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.faults.processes import resume, suspended
from tests.servers.redis_server import RedisServer

TICKS = "import time\nwhile True: print(flush=True); time.sleep(0.01)"


def test_a_suspended_process_stands_still_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "ticks"
    with (
        file.open("wb") as ticks,
        subprocess.Popen([sys.executable, "-c", TICKS], stdout=ticks) as process,
    ):
        until_longer(file, 0)
        with suspended(process.pid):
            time.sleep(0.05)  # It may take a moment to stop.
            stood_at = file.stat().st_size
            time.sleep(0.3)
            assert file.stat().st_size == stood_at
        until_longer(file, stood_at)
        process.kill()
    resume(process.pid)


def until_longer(file: Path, size: int) -> None:
    deadline = time.monotonic() + 10
    while file.stat().st_size <= size:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_suspended_redis_lets_connect_and_says_nothing(redis_server: RedisServer) -> None:
    at_once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(redis_server.url, socket_timeout=0.2, retry=at_once) as client:
        with suspended(redis_server.pid), pytest.raises(redis.TimeoutError):
            client.ping()
        assert client.ping()


def test_a_killed_redis_has_lost_its_data(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("name", "value")
        redis_server.kill()
        assert not redis_server.running
        redis_server.start()
        assert client.get("name") is None
