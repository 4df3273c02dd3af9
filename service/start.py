"""Why the service cannot start, said so that an operator can mend it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class CannotStart(Exception):
    """Something that the service needs is not as configured; one sentence says what and how to
    mend it.
    """


def check_folder(folder: Path, variable: str) -> None:
    """Make a folder if it is missing, and see that files can be written there.

    Raises:
        CannotStart: They cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(
            f"{variable}: cannot write to {folder}: {os.strerror(error.errno or 0)}"
        ) from error
