"""A file of lines that begins anew when it is full."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import structlog

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class RotatingFile:
    """Appends whole lines; readable by its owner alone.

    The newest file is ``path``, older ones are ``path.1``, ``path.2`` and so on.  It does not print
    what goes wrong, as the standard library's handler does, it raises; and half a line is never
    left behind.
    """

    def __init__(self, path: Path, *, max_bytes: int, keep_files: int) -> None:
        """Open the file.

        Args:
            path: The newest file.
            max_bytes: How large a file may become.
            keep_files: How many older ones are kept.

        Raises:
            OSError: It cannot be opened.
        """
        self._path = path
        self._max_bytes = max_bytes
        self._keep_files = keep_files
        self._full_at = max_bytes
        self._descriptor, self._size = _open(path)

    def write(self, line: bytes) -> None:
        """Append a line, which goes to a new file if it does not fit.

        Raises:
            OSError: It was not written, nor a part of it.
        """
        if self._size and self._size + len(line) > self._full_at:
            self._begin_anew()
        try:
            if os.write(self._descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _begin_anew(self) -> None:
        try:
            for number in range(self._keep_files, 0, -1):
                with suppress(FileNotFoundError):
                    os.replace(self._numbered(number - 1), self._numbered(number))
            if not self._keep_files:
                os.unlink(self._path)
            descriptor, size = _open(self._path)
        except OSError as error:
            # Better a file that is too large than a line that is lost.
            self._full_at = self._size + self._max_bytes
            _log.error("file.not_rotated", file=str(self._path), reason=error.strerror)
            return
        os.close(self._descriptor)
        self._descriptor, self._size, self._full_at = descriptor, size, self._max_bytes

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path


def _open(path: Path) -> tuple[int, int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return descriptor, os.fstat(descriptor).st_size
