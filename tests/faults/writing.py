"""The writer of `tests.faults.writer` as a process that a test starts, allows, kills and ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.writer import FILES, LINE
from tests.servers.storage_service import ROOT, environment

END_SECONDS = 300


class Writing:
    """One writer after another, on one database."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, seed: int) -> None:
        self._arguments = (str(folder), database_url, redis_url, str(seed))
        self._folder = folder
        self._allowed = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.runs = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def start(self) -> None:
        """Start the next one; what the one before was allowed and did not do is allowed again."""
        self.runs += 1
        with (self._folder / "writer.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.writer", *self._arguments, str(self.runs)],
                env=environment(self._folder),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        self._say(self._allowed - self.done)

    def allow(self, changes: int) -> None:
        """Let it make so many more changes."""
        self._allowed += changes
        self._say(changes)

    def kill(self) -> None:
        """End it with no time for anything."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def finish(self) -> None:
        """Wait until it has made all the changes that it may."""
        assert self._process is not None
        self._process.communicate(timeout=END_SECONDS)
        if self._process.returncode:
            raise AssertionError(f"the writer failed:\n{self.log()}")

    @property
    def done(self) -> int:
        """How many changes have come to an end."""
        files = [self._folder / name for name in FILES]
        return sum(file.stat().st_size // LINE for file in files if file.exists())

    def has_done(self, changes: int) -> bool:
        """Whether so many changes have come to an end."""
        assert self._process is not None
        if self._process.poll():
            raise AssertionError(f"the writer failed:\n{self.log()}")
        return self.done >= changes

    def changes(self, name: str) -> set[int]:
        """The numbers of the changes in one of the writer's files."""
        return {int(each) for each in (self._folder / name).read_bytes().split()}

    def log(self) -> str:
        return (self._folder / "writer.log").read_text(errors="replace")[-4000:]

    def _say(self, changes: int) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{changes}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise AssertionError(f"the writer failed:\n{self.log()}") from None
