from __future__ import annotations

import pytest

from codegen.read import Source, Span


@pytest.mark.parametrize("text", ["a\nb\nc", "a\r\nb\r\nc", "a\rb\nc"])
def test_lines_end_where_the_parser_ends_them(text: str) -> None:
    assert Source(name="a", text=text).lines == ("a", "b", "c")


def test_a_span_reads_as_editors_write_places() -> None:
    assert str(Span(Source(name="design/a.yaml", text=""), 3, 7, 3, 9)) == "design/a.yaml:3:7"


def test_a_part_of_a_span_counts_from_its_start() -> None:
    source = Source(name="a", text="key: value")
    assert Span(source, 1, 6, 1, 11).inner(1, 3) == Span(source, 1, 7, 1, 9)
