"""What one process of a deployment at a time may do, by a lock that all of them see."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from runtime.database.address import parse
from runtime.database.lock import Lock, ServerLock


def lock_of(database_url: str, name: str) -> Lock:
    """Return a lock that the processes on one database share: a file beside it, or its server's.

    Raises:
        UnsupportedDatabase: The URL is no database's.
    """
    url = parse(database_url)
    if url.get_backend_name() != "sqlite":
        return ServerLock(database_url, name)
    file = Path(str(url.database)).absolute()
    return FileLock(file.with_name(f"{file.name}.{name}"))


class FileLock:
    """A lock on a file; the system lets go of it when the process ends, however it ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    async def acquire(self) -> bool:
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

    async def held(self) -> bool:
        """Tell whether we hold it; nothing takes it from us."""
        return self._descriptor is not None

    async def holder(self) -> str:
        """Name the process that holds it, as far as it is known."""
        return f"process {self._file.read_text(errors='replace').strip() or 'unknown'}"

    async def release(self) -> None:
        """Let go of the lock; the file stays, so that everybody locks the same one."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
