"""The table of states: complete, and the same in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from generated.storage.models import AIPStatus
from service.storage.states import BECOMES, REFUSALS, STATES, Action, Outcome

DOCUMENT = Path(__file__).parents[4] / "docs" / "states.md"


def cell(action: Action, status: AIPStatus) -> str:
    match STATES[action][status]:
        case Outcome.NOTHING:
            return "202, nothing happens"
        case Outcome.REFUSED:
            return "400" if action in REFUSALS else "409"
        case Outcome.DONE:
            return f"`{BECOMES[action]}`" if action in BECOMES else "yes"


@pytest.mark.parametrize("action", Action)
def test_every_status_has_an_answer_to_every_action(action: Action) -> None:
    assert set(STATES[action]) == set(AIPStatus)
    assert (action in BECOMES) is (action is not Action.DOWNLOAD)


@pytest.mark.parametrize("sentence", sorted(set(REFUSALS.values())))
def test_the_documentation_has_the_sentences_that_clients_know(sentence: str) -> None:
    assert f"`{sentence}`" in DOCUMENT.read_text(encoding="utf-8")


def test_the_documentation_shows_the_table_as_it_is() -> None:
    table, _, _ = DOCUMENT.read_text(encoding="utf-8").partition("\n## ")
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert rows == [
        "| " + " | ".join([f"`{status}`", *(cell(action, status) for action in Action)]) + " |"
        for status in AIPStatus
    ]
