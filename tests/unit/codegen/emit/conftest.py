"""The designs that the emitters are tried with, and the tools that judge what they write."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from codegen.check import load_folder
from codegen.model import Design
from tests.node import node
from tests.unit.codegen.emit.designs import BAKERY, EMPTY, LONG

__all__ = ["node"]

ROOT = Path(__file__).resolve().parents[4]


@cache
def real_design() -> Design:
    """The design of this repository."""
    outcome = load_folder(ROOT / "design")
    assert outcome.design is not None, "design/ has mistakes: run `codegen lint`"
    return outcome.design


@pytest.fixture(params=["bakery", "long", "empty", "real"])
def design(request: pytest.FixtureRequest) -> Design:
    """Each of the designs in turn."""
    return designs()[request.param]


@pytest.fixture(name="designs")
def designs_fixture() -> dict[str, Design]:
    """All designs by name, for tools that are slow to start."""
    return designs()


def designs() -> dict[str, Design]:
    """Return every design by its name."""
    return {"bakery": BAKERY, "long": LONG, "empty": EMPTY, "real": real_design()}
