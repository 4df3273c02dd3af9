"""Text of a design in Python source."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.emit.python.text import docstring, literal, sentence


def meaning(source: str) -> str:
    """Return what Python takes a docstring in a class for."""
    [node] = ast.parse(f"class C:\n    {source}\n").body
    assert isinstance(node, ast.ClassDef)
    assert len(node.body) == 1
    return ast.get_docstring(node) or ""


def test_a_short_text_is_one_line() -> None:
    assert docstring("Where a package stands.") == '"""Where a package stands."""'


def test_a_first_paragraph_ends_like_a_sentence() -> None:
    assert sentence("A loaf") == "A loaf."
    assert sentence("A loaf!\n\nIt is brown") == "A loaf!\n\nIt is brown"
    assert sentence("") == ""


def test_a_paragraph_of_one_long_line_is_filled() -> None:
    lines = docstring("word " * 40, 4).splitlines()
    assert len(lines) > 2
    assert all(len(line) <= 100 for line in lines)


def test_what_is_laid_out_by_hand_stays() -> None:
    text = "Things:\n\n- " + "a long point " * 12 + "\n- another"
    assert docstring(text).count("\n") == 4


@pytest.mark.parametrize(
    "text",
    [
        'It says """ in the middle',
        'It ends with a "quote"',
        "It ends with a backslash \\",
        "A path C:\\new\\table",
        'Both \\ and """',
        "{{ braces }} and {% percent %}",
        "A bell \x07, a nul \x00, a separator \u2028 here",
        "Grüße, 世界",
        '"',
        '\\"',
    ],
)
def test_no_text_gets_out_of_its_docstring(text: str) -> None:
    assert meaning(docstring(text, 4)).rstrip(".") == text.rstrip(".")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_text_at_all_is_one_docstring(text: str) -> None:
    ast.parse(f"class C:\n    {docstring(text, 4)}\n    x = 1\n")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_its_own_literal(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
