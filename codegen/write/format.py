"""Formats Python with ruff, once over everything."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

RUFF_ARGUMENTS = (
    "format",
    # Nothing of the reader's own configuration decides what a generated file looks like.
    "--isolated",
    "--no-cache",
    "--line-length=100",
    "--target-version=py311",
)


class FormatFailed(Exception):
    """The formatter is not there, or did not understand what an emitter wrote."""


def formatted(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts by path, those of Python files in ruff's shape.

    Raises:
        FormatFailed: They could not be formatted.
    """
    python = [path for path in texts if path.endswith(".py")]
    if not python:
        return dict(texts)
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        root = Path(folder)
        for path in python:
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(texts[path].encode())
        _run_ruff(root)
        return {
            path: (root / path).read_bytes().decode() if path.endswith(".py") else text
            for path, text in texts.items()
        }


def _run_ruff(folder: Path) -> None:
    command = [ruff(), *RUFF_ARGUMENTS, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FormatFailed(f"ruff could not format the generated files:\n{done.stderr.strip()}")


def ruff() -> str:
    """Return the path of ruff: the one beside this Python, else the first on the path.

    Raises:
        FormatFailed: There is none.
    """
    beside = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if found := beside or shutil.which("ruff"):
        return found
    raise FormatFailed("ruff is not installed; it comes with the extra `codegen` of this package")
