"""Carries out a plan, so that an interruption at any point loses nothing.

New content is laid down beside the old first; only when all of it is there does the first file
change, each in one step.  Until the end the manifest names old and new files together, so that the
next run knows all of them as ours.  Two runs never change one folder at a time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from codegen.write.manifest import MANIFEST
from codegen.write.plan import OutputUnusable, Plan

_SUFFIX = ".codegen-new"


def carry_out(plan: Plan, output: Path) -> None:
    """Make the folder what the plan says.

    Raises:
        OutputUnusable: The folder cannot be written to; nothing is lost.
    """
    if not plan:
        return
    with _explained(output), _laid_down(plan, output) as laid:
        _replace(output / MANIFEST, plan.before.until(plan.manifest).text().encode())
        for path in laid:
            os.replace(_beside(output / path), output / path)
        for path in plan.remove:
            (output / path).unlink()
            _remove_empty(output, (output / path).parent)
        _replace(output / MANIFEST, plan.manifest.text().encode())


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """Make the folder, and wait until nobody else is changing it.

    The folder itself is what is locked, so that nothing is left behind; the system unlocks it
    even if this process is killed.  Where it has no such locks, nobody waits.

    Raises:
        OutputUnusable: It cannot be made.
    """
    with _explained(output):
        output.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder = os.open(output, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def _laid_down(plan: Plan, output: Path) -> Iterator[list[str]]:
    """Write all new content beside the old, and clean up what was not used."""
    laid = [path for path in plan.write if path != MANIFEST]
    try:
        _sweep(output)
        for path in laid:
            place = _beside(output / path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(plan.write[path])
        yield laid
    finally:
        for path in laid:
            with suppress(OSError):
                _beside(output / path).unlink()


@contextmanager
def _explained(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename2 or error.filename or output
        reason = error.strerror or str(error)
        raise OutputUnusable(f"{place} cannot be written: {reason}") from error


def _sweep(output: Path) -> None:
    """Remove what a run that was killed has laid down."""
    for place in output.rglob(f"*{_SUFFIX}"):
        place.unlink()


def _replace(place: Path, content: bytes) -> None:
    beside = _beside(place)
    try:
        beside.write_bytes(content)
        os.replace(beside, place)
    finally:
        with suppress(OSError):
            beside.unlink()


def _remove_empty(output: Path, folder: Path) -> None:
    while folder != output and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _beside(place: Path) -> Path:
    return place.with_name(place.name + _SUFFIX)
