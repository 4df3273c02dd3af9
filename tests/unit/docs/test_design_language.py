"""The reference of the language says what the language is.

``pytest tests/unit/docs --accept`` writes the tables of keys and of diagnostics into the page.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from codegen.check import CATALOGUE, check_sources, render, render_one
from codegen.check import shapes as shapes_module
from codegen.check.reference import diagnostics_table, keys_table
from codegen.check.shape import Shape
from codegen.read import Source, shortform

PAGE = Path(__file__).resolve().parents[3] / "docs" / "design-language.md"
SHAPES = {
    value.what: value
    for value in vars(shapes_module).values()
    if isinstance(value, Shape) and value is not shapes_module.REQUIREMENT
}
MISTAKE = """\
design: 1
api: {title: Bakery, version: "1.0"}
services:
  bakery:
    path: /bakery
    endpoints:
      show: {get: /loaf, requires: anyone, returns: Loaf}
types:
  Crust: {enum: [soft, hard]}
  Loaf:
    fields:
      crust: Crsut
"""
_TABLE = re.compile(r"<!-- (?P<what>[^>]+) -->\n.*?<!-- end -->", re.DOTALL)
_YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def table(what: str) -> str:
    if what == "diagnostics":
        return diagnostics_table()
    return keys_table(SHAPES[what.removeprefix("keys of ")])


def with_tables(page: str) -> str:
    return _TABLE.sub(lambda m: f"<!-- {m['what']} -->\n\n{table(m['what'])}\n\n<!-- end -->", page)


def test_the_tables_are_those_that_the_check_reads_by(accept: bool) -> None:
    page = PAGE.read_text(encoding="utf-8")
    if accept:
        page = with_tables(page)
        PAGE.write_text(page, encoding="utf-8")
    assert page == with_tables(page)


def test_every_mapping_of_the_language_has_its_table() -> None:
    there = {m["what"] for m in _TABLE.finditer(PAGE.read_text(encoding="utf-8"))}
    assert there == {f"keys of {what}" for what in SHAPES} | {"diagnostics"}


def test_every_code_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [code for code in CATALOGUE if f"| `{code}` |" not in page] == []


@pytest.mark.parametrize("number", [0, 1])
def test_the_designs_on_the_page_have_no_mistakes(number: int) -> None:
    text = _YAML.findall(PAGE.read_text(encoding="utf-8"))[number]
    outcome = check_sources([Source(name="page.yaml", text=text)])
    assert render(outcome.diagnostics) == ""


def test_the_grammar_on_the_page_is_the_one_that_is_read() -> None:
    grammar = textwrap.dedent((shortform.__doc__ or "").split("::\n\n")[1].split("\n\n")[0])
    assert f"```\n{grammar}\n```" in PAGE.read_text(encoding="utf-8")


def test_the_mistake_on_the_page_is_told_so() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (told,) = check_sources([Source(name="design/loaves.yaml", text=MISTAKE)]).diagnostics
    assert f"```\n{render_one(told)}```\n" in page
