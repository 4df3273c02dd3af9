from __future__ import annotations

import pytest

from codegen.check.suggest import advice, closest, listing


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Laof", "Loaf"), ("loaf", "Loaf"), ("Lof", "Loaf"), ("Roll", "Roll"), ("Wheat", None)],
)
def test_a_misspelt_word_is_recognised(word: str, meant: str | None) -> None:
    assert closest(word, ["Loaf", "Roll"]) == meant


def test_where_nothing_is_close_the_choices_are_listed() -> None:
    assert advice("wheat", ["soft", "hard"]) == "there is `soft` and `hard`"


def test_a_list_too_long_to_help_is_not_shown() -> None:
    assert advice("wheat", map(str, range(40)), "declare it") == "declare it"


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "`a`"), (["a", "b"], "`a` and `b`"), (["a", "b", "c"], "`a`, `b` and `c`")],
)
def test_words_are_listed_as_people_do(words: list[str], text: str) -> None:
    assert listing(words) == text
