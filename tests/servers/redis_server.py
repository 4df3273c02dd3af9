"""A Redis of our own: on loopback, in a folder of its own, gone afterwards."""

import atexit
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from tests.servers.install import find_or_install
from tests.servers.process import end, free_port, make_folder, server_user

START_TRIES = 5
START_SECONDS = 20.0


class RedisServer:
    """One Redis process, which a test may stop, start again and empty.

    Its port, and so its `url`, stays the same over `stop`, `start` and `restart`.
    """

    def __init__(self) -> None:
        self._program = find_or_install("redis-server", package="redis-server")
        self._user = server_user("redis")
        self._folder = make_folder("redis", self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        atexit.register(self.close)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        if self._port is None:
            raise RuntimeError("this Redis server has never been started")
        return self._port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, empty, and wait until ready."""
        if self.running:
            return
        if self._port is not None:
            self._start_on(self._port)
            return
        for tries_left in reversed(range(START_TRIES)):
            port = free_port()
            try:
                self._start_on(port)
            except RuntimeError:  # another program may have taken the port first
                if not tries_left:
                    raise
            else:
                self._port = port
                return

    def stop(self) -> None:
        """Stop, and forget all data."""
        if self._process is not None:
            end(self._process)
            self._process = None

    def kill(self) -> None:
        """End it with no time for anything; all data are lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self, *, keep_data: bool) -> None:
        """Stop and start again on the same port, with the data or emptied."""
        if keep_data:
            with self._client() as client:
                client.save()
        self.stop()
        self.start()
        self._dump.unlink(missing_ok=True)

    def empty(self) -> None:
        """Remove every key."""
        with self._client() as client:
            client.flushall()

    def close(self) -> None:
        """Stop, and remove the folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.close)

    @property
    def _dump(self) -> Path:
        return self._folder / "dump.rdb"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _client(self, port: int | None = None) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=port or self.port)

    def _start_on(self, port: int) -> None:
        options = {
            "--bind": "127.0.0.1",
            "--port": str(port),
            "--dir": str(self._folder),
            "--save": "",
            "--appendonly": "no",
            "--daemonize": "no",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._program, *(word for option in options.items() for word in option)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                user=self._user,
            )
        self._wait_until_ready(self._process, port)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._answers(process.pid, port):
                return
            time.sleep(0.02)
        end(process)
        log = self._log.read_text(errors="replace").strip().splitlines()[-5:]
        raise RuntimeError("redis-server did not start: " + " / ".join(log))

    def _answers(self, pid: int, port: int) -> bool:
        """Whether the Redis on this port is ours, and has loaded its data."""
        with self._client(port) as client:
            try:
                answer = client.info("server")
            except redis.RedisError:
                return False
        return isinstance(answer, dict) and answer.get("process_id") == pid
