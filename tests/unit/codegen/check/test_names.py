from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.check.names import FIELD
from codegen.model.names import snake_case
from tests.unit.codegen.check.bakery import OPEN, SMALL, said


@given(st.from_regex(FIELD.pattern, fullmatch=True))
def test_the_name_of_a_field_is_a_name_in_python(name: str) -> None:
    assert name.isidentifier()
    assert snake_case(name).isidentifier()


@pytest.mark.parametrize(
    "name", [*filter(str.islower, keyword.kwlist), "self", "list", "date", "copy", "model_dump"]
)
def test_a_name_that_would_break_generated_code_is_refused(name: str) -> None:
    text = SMALL + f"types: {{Loaf: {{fields: {{'{name}': str}}}}}}\n"
    assert said(text + OPEN.replace("RETURNS", "Loaf")) == ["reserved-name design.yaml:3:26"]


@pytest.mark.parametrize("name", ["a b", "a;b", 'a"', "1a", "ä", "a-b", "_a", "a.b", "", "Loaf"])
def test_what_is_no_name_in_python_is_refused(name: str) -> None:
    text = SMALL + f"types: {{Loaf: {{fields: {{'{name}': str}}}}}}\n"
    assert said(text + OPEN.replace("RETURNS", "Loaf")) == ["bad-name design.yaml:3:26"]
