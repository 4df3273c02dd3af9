"""PostgreSQL and MariaDB of our own: on loopback, in folders of their own, gone afterwards.

They are set up as unkindly as an installation can be (a strange time zone, on MariaDB Latin-1, a
collation that ignores case, and values cut to fit), so that what works here leans on no default.
"""

import atexit
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self
from uuid import uuid4

from tests.servers.loop import run
from tests.servers.process import end, end_with_us, free_port, make_folder, server_user

START_TRIES = 5
START_SECONDS = 60.0
USER = "archivist"
PASSWORD = "s3cret-of-the-archive"


class DatabaseAddress(ABC):
    """A running server, as its users see it."""

    kind: ClassVar[str]

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """The address of a database, for the service's settings."""
        return f"{self.kind}://{user}:{password}@127.0.0.1:{self.port}/{database}"

    async def create_database(self) -> str:
        """Make an empty database with a name that nobody has used; returns its address."""
        name = f"test_{uuid4().hex[:12]}"
        await self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    async def drop_database(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        await self.run(self.dropping.format(name=name_of(url)))

    dropping: ClassVar[str]

    @abstractmethod
    async def run(self, *statements: str, database: str | None = None) -> None:
        """Run statements, past SQLAlchemy, as the one who may do everything."""

    @abstractmethod
    async def process_id(self) -> int | None:
        """The process that answers here; None if nobody does, or does not yet."""


def name_of(url: str) -> str:
    """The name of the database that an address ends with."""
    return url.rpartition("/")[2]


class DatabaseServer(ABC):
    """One server process, which a test may stop, kill and start again on its data.

    Its port stays the same over all that.  What was committed survives the death of the process;
    with ``durable`` it would survive that of the machine, as in production, which is slower.
    """

    users: ClassVar[tuple[str, ...]]
    """Whom it runs as if we are root."""
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self._find_programs()
        self._user = server_user(*self.users)
        self.folder = make_folder(self.address_at(0).kind, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        atexit.register(self.close)
        self._initialise()

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
    def address(self) -> DatabaseAddress:
        if self._port is None:
            raise RuntimeError("this server has never been started")
        return self.address_at(self._port)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, and wait until ready."""
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
        """Stop in good order."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(self.stop_signal)
            end(self._process, patience=30)
            self._process = None
            self._unwatch()

    def kill(self) -> None:
        """End it, and what it started, with no time for anything."""
        if self._process is not None:
            # The group is its own: it was started as the first of a session.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            self._unwatch()

    def close(self) -> None:
        """Stop, and remove the data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @classmethod
    @abstractmethod
    def address_at(cls, port: int) -> DatabaseAddress:
        """The address of such a server at a port."""

    @abstractmethod
    def _find_programs(self) -> None: ...

    @abstractmethod
    def _initialise(self) -> None:
        """Fill the folder with what a new server needs."""

    @abstractmethod
    def _command(self, port: int) -> list[str]: ...

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _run(self, *command: str | Path) -> None:
        """Run a program as the server's user."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            user=self._user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stdout[-1000:]}")

    def _start_on(self, port: int) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                user=self._user,
                start_new_session=True,
            )
        self._watch = end_with_us(self._process, self.folder)
        self._wait_until_ready(self._process, self.address_at(port))

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.kill()
            self._watch.communicate()
            self._watch = None

    def _wait_until_ready(self, process: subprocess.Popen[bytes], address: DatabaseAddress) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if run(address.process_id()) == process.pid:
                return
            time.sleep(0.05)
        end(process)
        self._process = None
        self._unwatch()
        log = self._log.read_text(errors="replace").strip().splitlines()[-5:]
        raise RuntimeError(f"{address.kind} did not start: " + " / ".join(log))
