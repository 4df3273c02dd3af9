"""How long generation takes: everything from nothing, and when nothing has changed.

Each run is a process of its own, from its start to its end.  Run: ``python -m bench.generation``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TARGETS: Final = {"cold": 1.0, "unchanged": 0.2}
"""Seconds that a run may take."""


def seconds(folder: Path) -> float:
    """Generate the design of this repository into a folder, and return how long that took."""
    command = [sys.executable, "-m", "codegen", "gen", "--design", str(ROOT / "design")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    found: dict[str, list[float]] = {"cold": [], "unchanged": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for kind in found:
                found[kind].append(seconds(Path(folder)))
    print(f"generation of the storage design, {rounds} rounds, seconds")
    for kind, target in TARGETS.items():
        best, median = min(found[kind]), statistics.median(found[kind])
        print(f"{kind:12} best {best:6.2f}   median {median:6.2f}   target {target:6.2f}")


if __name__ == "__main__":
    main()
