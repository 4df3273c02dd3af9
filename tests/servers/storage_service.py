"""The service itself as a process of its own, on a real socket, guarded."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from runtime.auth.development import DevelopmentTokens
from service.tokens import AUDIENCE
from tests.servers.process import end

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
LISTENING = re.compile(r"listening on\s+(http://\S+)")
METRICS = re.compile(r"metrics\s+(http://\S+)")


GUARDED = "tests.servers.guarded_service"


def command(*arguments: str, module: str = GUARDED) -> list[str]:
    """The command `storage-service` with the guard on, or another module in its place."""
    return [sys.executable, "-m", module, *arguments]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """An environment with these settings and no others; the data lie in a folder."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SERVICE_")}
    return {
        **bare,
        "PYTHONPATH": str(ROOT),
        "SERVICE_DATA_DIR": str(folder),
        "SERVICE_HTTP__PORT": "0",
        "SERVICE_METRICS__PORT": "0",
        **settings,
    }


class StorageServer:
    """One serving process, which a test may stop and start again on the same data.

    Several may share a folder, each with a log by its own name.
    """

    module: ClassVar[str] = GUARDED
    """What is run."""
    arguments: ClassVar[tuple[str, ...]] = ("serve",)
    ready: ClassVar[re.Pattern[str]] = LISTENING
    """What it says once it works; if that has a group, it is the address."""

    def __init__(self, folder: Path, name: str = "server", **settings: str) -> None:
        self.folder = folder
        self.url = ""
        # A crowd of watchers is one subject, where a test does not care who they are.
        self._settings = {"SERVICE_MONITOR__WATCHERS_PER_SUBJECT": "10000", **settings}
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def metrics_url(self) -> str:
        """Where it says its metrics are."""
        [url] = METRICS.findall(self.log())
        return str(url)

    def start(self) -> None:
        """Start, and wait until it says where it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command(*self.arguments, module=self.module),
                env=environment(self.folder, **self._settings),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not (found := self.ready.search(self.log())):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the service did not start:\n{self.log()}")
            time.sleep(0.02)
        self.url = found[found.re.groups]

    def stop(self) -> float:
        """Ask it to stop and see that it ended well; returns the seconds that took."""
        if self._process is None:
            return 0.0
        began = time.monotonic()
        process, self._process = self._process, None
        end(process)
        if process.returncode != 0:
            raise AssertionError(f"exit code {process.returncode}:\n{self.log()}")
        return time.monotonic() - began

    def kill(self) -> None:
        """End it with no time for anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def token(
        self, *attributes: str, ttl: int = 3600, subject: str = "tester", email: str = ""
    ) -> str:
        """A token with these attributes."""
        keys = DevelopmentTokens.open(self.folder / "tokens.key", audience=AUDIENCE)
        return keys.mint(subject=subject, email=email, attributes=attributes, ttl=ttl)


class StorageWorker(StorageServer):
    """One process that performs workflows and serves nobody."""

    arguments = ("worker",)
    ready = re.compile("the worker is ready")


class PlainServer(StorageServer):
    """The service as it is installed, without the guard that tests put on it: to be measured."""

    module: ClassVar[str] = "service"
