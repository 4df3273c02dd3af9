"""Text of strangers on a terminal."""

from __future__ import annotations

import pytest

from service.visible import visible


@pytest.mark.parametrize("text", ["", "Parish registers", "Régistres 日本 😀", "a\\b"])
def test_what_prints_is_left_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("\x9b31mred", r"\x9b31mred"),
        ("one\r\ntwo\u2028three", r"one\r\ntwo\u2028three"),
        ("exe.\u202etxt", r"exe.\u202etxt"),
        ("half \ud800", r"half \ud800"),
        ("\U000e0001é", r"\U000e0001é"),
    ],
)
def test_what_would_control_a_terminal_is_spelt_out(text: str, seen: str) -> None:
    assert visible(text) == seen
