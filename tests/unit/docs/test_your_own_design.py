"""The tutorial shows the bakery as it is: every block of code is a part of one of its files.

A block is marked with its language and its file; a line of three dots stands for what is left out.
What the page says that people type and see is tried in ``tests/integration/test_bakery.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.check import check_sources, render
from codegen.read import Source
from tests.tutorial import block, marked_blocks

BAKERY = Path(__file__).resolve().parents[2] / "bakery"
FILES = [
    path.relative_to(BAKERY).as_posix()
    for path in sorted(BAKERY.rglob("*"))
    if path.suffix in (".py", ".yaml")
]
EXCERPTS = [
    (mark.split()[1], text)
    for mark, text in marked_blocks()
    if mark.split()[:1] in (["python"], ["yaml"])
]


def pieces(text: str) -> Iterator[str]:
    """The parts of an excerpt between its dots."""
    return (piece.strip("\n") + "\n" for piece in re.split(r"^\.\.\.$", text, flags=re.MULTILINE))


def written(file: str) -> str:
    return (BAKERY / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("file", "text"), EXCERPTS)
def test_a_block_of_code_is_a_part_of_the_file_that_it_names(file: str, text: str) -> None:
    whole = "\n" + written(file)
    assert [piece for piece in pieces(text) if f"\n{piece}" not in whole] == []


def test_every_file_of_the_bakery_is_shown() -> None:
    assert sorted({file for file, _ in EXCERPTS}) == FILES


def test_the_mistake_on_the_page_is_told_in_these_words() -> None:
    sources = [
        Source(name=file, text=written(file).replace("201 Bread", "201 Braed"))
        for file in FILES
        if file.endswith(".yaml")
    ]
    assert render(check_sources(sources).diagnostics).startswith(block("text mistake"))
