"""The time of day as one process sees it: stepped forward and back while it runs.

Clocks that only run forward go on as they are, as they do when an operator or a time server sets the
time.  It is the library of Debian's package ``faketime`` that answers when the process asks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.servers.install import find_or_install

LIBRARY: Final = "faketime/libfaketime.so.1"


class WallClock:
    """What a process is to be started with, and may be told later."""

    def __init__(self, folder: Path) -> None:
        """Be right at first."""
        program = find_or_install("faketime", package="faketime").resolve()
        [self._library] = program.parent.parent.glob(f"lib/*/{LIBRARY}")
        self._file = folder / "wall-clock"
        self.step(0)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a process ask this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, seconds: int) -> None:
        """Be so far ahead of the true time from now on; behind it if negative."""
        written = self._file.with_name(f"{self._file.name}.new")
        written.write_text(f"{seconds:+d}\n")
        written.replace(self._file)
