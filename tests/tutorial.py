"""The tutorial, ``docs/your-own-design.md``, taken apart for the tests that hold it to its word."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "your-own-design.md"
BLOCK = re.compile(r"^```(?P<mark>.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
GENERATE = ["gen", "--output", "bakery_api"]
"""The arguments with which the page has ``codegen`` called."""


def marked_blocks() -> list[tuple[str, str]]:
    """Every block of the page: what is said of it in its first line, and its text."""
    page = PAGE.read_text(encoding="utf-8")
    return [(match["mark"], match["text"]) for match in BLOCK.finditer(page)]


def block(mark: str) -> str:
    """All text of the blocks that are marked like this."""
    return "".join(text for marked, text in marked_blocks() if marked == mark)


def commands(name: str) -> list[str]:
    """The lines of the shell that begin with this command."""
    return [line for line in block("sh").splitlines() if line.split()[:1] == [name]]
