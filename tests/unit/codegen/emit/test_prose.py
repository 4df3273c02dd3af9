from __future__ import annotations

import pytest

from codegen.emit.prose import described, first_sentence, wrapped


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Bake a loaf.", "Bake a loaf"),
        ("Bake a loaf", "Bake a loaf"),
        ("Bake it. Then eat it.", "Bake it"),
        ("Is it warm? Eat it.", "Is it warm?"),
        ("List loaves, e.g. for a window. The newest first.", "List loaves, e.g. for a window"),
        ("A heading\n\nand more", "A heading"),
        ("  broken\n  over lines. Yes.", "broken over lines"),
        ("", ""),
    ],
)
def test_a_summary_is_the_first_sentence_on_one_line(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_description_is_given_only_when_it_says_more_than_the_summary() -> None:
    assert described("") == {}
    assert described("Bake a loaf.") == {"summary": "Bake a loaf"}
    assert described("Bake it. Eat it.\n") == {
        "summary": "Bake it",
        "description": "Bake it. Eat it.",
    }


def test_paragraphs_are_broken_at_the_width_whatever_their_lines_were() -> None:
    assert wrapped("one two\nthree four\n\nfive", 10) == ["one two", "three four", "", "five"]
    assert wrapped("one\ntwo", 10) == ["one two"]


def test_what_was_laid_out_by_hand_stays_as_it_is() -> None:
    text = "Some:\n\n- a list that is longer\n- than the width\n    code\n@tag"
    assert wrapped(text, 10) == text.split("\n")


def test_nothing_makes_no_lines() -> None:
    assert wrapped("", 10) == []
