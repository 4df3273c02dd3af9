"""The audit log: who did what, and who was refused what, one JSON document a line."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from service.rotating_file import RotatingFile

QUEUE: Final = 10_000
"""How many records may wait for the disk; what comes beyond that is lost, and counted."""

CLOSE_SECONDS: Final = 5.0
"""How long a stop waits for a disk that does not take what is left."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(slots=True)
class AuditCounters:
    """What became of records."""

    written: int = 0
    """Records written to the audit log."""
    lost: int = 0
    """Records that the disk, or the queue before it, refused."""


class AuditLog:
    """Writes records to a file, in a thread of its own: nothing waits for the disk, or fails with it.

    Only one process may write to a file at a time.
    """

    def __init__(
        self, path: Path, *, max_bytes: int, keep_files: int, waiting: int = QUEUE
    ) -> None:
        """Open the file (:class:`service.rotating_file.RotatingFile`).

        ``waiting`` is how many records may wait for the disk.

        Raises:
            OSError: The file cannot be opened.
        """
        self.counters = AuditCounters()
        self._failing = False
        self._losing = threading.Lock()
        self._queue: queue.Queue[bytes | None] = queue.Queue(waiting)
        self._file = RotatingFile(path, max_bytes=max_bytes, keep_files=keep_files)
        self._thread = threading.Thread(target=self._write_all, name="audit log", daemon=True)
        self._thread.start()

    def write(self, record: Mapping[str, str | int]) -> None:
        """Record something; it has its time from here on.  Never blocks, never raises."""
        time = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        # In ASCII, what a stranger wrote can neither end a line nor move a cursor.
        line = json.dumps({"time": time, **record}).replace("\x7f", "\\u007f")
        try:
            self._queue.put_nowait(line.encode("ascii") + b"\n")
        except queue.Full:
            self._lost("the disk does not keep up")

    async def close(self) -> None:
        """Write what waits, and close the file."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        try:
            self._queue.put(None, timeout=CLOSE_SECONDS)
        except queue.Full:
            return
        self._thread.join(CLOSE_SECONDS)

    def _write_all(self) -> None:
        while (line := self._queue.get()) is not None:
            try:
                self._file.write(line)
            except OSError as error:
                self._lost(error.strerror or str(error))
            else:
                self._written()
        self._file.close()

    def _written(self) -> None:
        self.counters.written += 1
        if self._failing:
            self._failing = False
            _log.warning("audit.written_again", lost=self.counters.lost)

    def _lost(self, reason: str) -> None:
        with self._losing:
            self.counters.lost += 1
            first, self._failing = not self._failing, True
        if first:
            _log.error("audit.lost", reason=reason)
