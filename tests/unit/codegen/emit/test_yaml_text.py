from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from codegen.emit.yaml_text import yaml_text

TRICKY = "aon e:#-'\"\n\t \\|>%@`,0.1[]{}&*!?~"
TEXT = st.text(max_size=20) | st.text(alphabet=TRICKY, max_size=130)
NUMBER = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


@given(VALUE)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read(yaml_text(value)) == value


@pytest.mark.parametrize(
    "text",
    ["on", "No", "yes", "null", "~", "y", "true", "1e3", "0o17", "012", "1_0", "2026-01-02", "1.0",
     "12:30:45", ".5", "-", "", " a", "a ", "a: b", "a #b", "a:", "# a", "@a", "=", "<<", "- a"],
)  # fmt: skip
def test_what_some_parser_takes_for_something_else_is_quoted(text: str) -> None:
    assert yaml_text([text]) == f'- "{text}"\n'


@pytest.mark.parametrize(
    "text", ["a", "a loaf, e.g. of rye", "bakery:loaves:list", "date-time", "/bakery/{uuid}"[:7]]
)
def test_plain_prose_and_plain_names_stand_without_quotes(text: str) -> None:
    assert yaml_text({"key": text}) == f"key: {text}\n"


def test_a_long_line_is_folded_at_one_width() -> None:
    text = yaml_text({"doc": "word " * 40 + "end"})
    lines = text.splitlines()
    assert lines[0] == "doc: >-"
    assert max(map(len, lines)) <= 100
    assert read(text) == {"doc": "word " * 40 + "end"}


def test_several_lines_stay_lines() -> None:
    assert yaml_text({"doc": "one\n\ntwo: #2"}) == "doc: |-\n  one\n\n  two: #2\n"


def test_what_cannot_stand_on_lines_of_its_own_is_escaped() -> None:
    assert yaml_text({"doc": "one\n"}) == 'doc: "one\\n"\n'
    assert yaml_text({"doc": "a\x07"}) == 'doc: "a\\U00000007"\n'


def test_mappings_and_sequences_nest() -> None:
    value = {"a": {"b": [1, [2, {"c": None, "d": []}]], "e": {}}, "200": True, "f": 1e20}
    assert yaml_text(value) == (
        'a:\n  b:\n  - 1\n  - - 2\n    - c: null\n      d: []\n  e: {}\n"200": true\nf: 1.0e+20\n'
    )


@pytest.mark.parametrize("value", [{}, [], None, "on", 7])
def test_a_document_may_be_a_single_value(value: object) -> None:
    assert read(yaml_text(value)) == value
