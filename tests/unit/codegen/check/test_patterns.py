from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.check.patterns import pattern_problem


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{2,8}$",
        r"\d+(?:\.\d{2})?",
        r"^(rye|wheat)\b",
        r"[^\s,]+",
        r"a*?b+?c??",
        r"\x41\u00e4",
        r"\[\{\}\]",
        "",
    ],
)
def test_what_every_engine_knows_is_allowed(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?P<n>a)",
        "(?<n>a)",
        "(?i)a",
        "(?>a)",
        r"(a)\1",
        r"\Aa",
        r"a\Z",
        r"\p{L}",
        r"\cA",
        "a++",
        "a{1,2}+",
        "a{x}",
        "}",
        "[a",
        "[[",
        "[]",
        "[]a]",
        "[^]a]",
        "[[:alpha:]]",
        "[a&&b]",
        r"[\p{L}]",
        "(",
        ")",
        "*",
        "a\\",
        "a{2,1}",
    ],
)
def test_what_one_engine_reads_otherwise_is_refused(pattern: str) -> None:
    assert pattern_problem(pattern)


@given(st.text(alphabet="ab()[]{}?*+|\\^$.-,1&:<=!", max_size=12))
def test_what_is_allowed_compiles(pattern: str) -> None:
    if not pattern_problem(pattern):
        re.compile(pattern)
