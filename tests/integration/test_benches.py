"""Every measurement can be made: run as small as it goes, for whether it ends well and prints
figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from bench.__main__ import MEASUREMENTS

ROOT: Final = Path(__file__).parents[2]
SMALL: Final = {
    "generation": "--rounds 1",
    "operations": "--rounds 1 --watchers 2 --conditions watchers",
    "fan_out": "--rounds 1 --clients 2",
    "counter_row": "--rounds 1 --writers 1 --engines sqlite",
    "million_packages": "--rounds 1 --packages 2000 --engines sqlite",
    "plain_routes": "--rounds 1 --engines sqlite",
}


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_a_measurement_can_be_made(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", *SMALL[name].split()]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert made.returncode == 0, made.stderr
    assert any(character.isdigit() for character in made.stdout)
