from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.read.scalars import resolve


@pytest.mark.parametrize(
    "text",
    "on off yes no y n 012 0x1F 0o17 1_000 +1 .5 1. .inf .nan 2026-01-02 12:30:45 1e999 - 1.2.3 "
    "١٢".split(),
)
def test_what_yaml_1_1_would_turn_into_something_else_stays_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("-0.25e3", -250.0),
        ("1e3", 1000.0),
    ],
)
def test_null_truth_and_json_numbers_are_values(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_a_number_too_long_for_any_reader_stays_text() -> None:
    assert resolve("1" * 5000) == "1" * 5000


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_json_wrote_it(number: float) -> None:
    assert resolve(json.dumps(number)) == number


@given(st.text(min_size=1))
def test_no_text_becomes_a_number_that_json_cannot_write(text: str) -> None:
    value = resolve(text)
    if isinstance(value, float):
        assert math.isfinite(value)
