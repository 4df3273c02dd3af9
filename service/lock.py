"""Files that one process at a time can hold."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FileLock:
    """A lock on a file; the system lets go of it when the process ends, however it ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Try to hold the lock, and tell whether that worked."""
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        os.truncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Name the process that holds it, as far as it is known."""
        return self._file.read_text(errors="replace").strip() or "unknown"

    def release(self) -> None:
        """Let go of the lock; the file stays, so that everybody locks the same one."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
