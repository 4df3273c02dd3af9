"""Searching for a part of a text, in the words of each engine (SQLite's is tried in the list)."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from service.storage.rows import AIPRow
from service.storage.search import contains


@pytest.mark.parametrize(
    ("engine", "function"), [("sqlite", "instr"), ("mysql", "instr"), ("postgresql", "strpos")]
)
def test_each_engine_has_a_function_that_takes_the_part_literally(
    engine: str, function: str
) -> None:
    dialect = make_url(f"{engine}://").get_dialect()()
    compiled = str(contains(AIPRow.name, "50%").compile(dialect=dialect))
    assert compiled.startswith(f"{function}(aip.name, ")
    assert "LIKE" not in compiled
