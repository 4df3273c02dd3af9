"""The table of states: complete, and the same in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from generated.storage.models import AIPStatus
from service.storage.states import BECOMES, STATES, Action, Outcome

DOCUMENT = Path(__file__).parents[4] / "docs" / "states.md"


def cell(action: Action, status: AIPStatus) -> str:
    return {
        Outcome.DONE: f"`{BECOMES[action]}`",
        Outcome.NOTHING: "202, nothing happens",
        Outcome.REFUSED: "409",
    }[STATES[action][status]]


@pytest.mark.parametrize("action", Action)
def test_every_status_has_an_answer_to_every_action(action: Action) -> None:
    assert set(STATES[action]) == set(AIPStatus)
    assert action in BECOMES


def test_the_documentation_shows_the_table_as_it_is() -> None:
    rows = [
        line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert rows == [
        "| " + " | ".join([f"`{status}`", *(cell(action, status) for action in Action)]) + " |"
        for status in AIPStatus
    ]
