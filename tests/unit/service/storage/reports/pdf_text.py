"""The text of a PDF as a reader extracts it: what its pages show, by the fonts' own tables."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pikepdf

SECTION = re.compile(rb"beginbf(char|range)(.*?)endbf\1", re.DOTALL)
HEXADECIMAL = re.compile(rb"<([0-9a-fA-F]+)>")


def text_of(document: bytes) -> str:
    """Return the text of all pages, without its spaces: a line may end within a word."""
    with pikepdf.open(BytesIO(document)) as pdf:
        shown = "".join(character for page in pdf.pages for character in _page(page))
    return "".join(shown.split())


def _page(page: pikepdf.Page) -> list[str]:
    shown: list[str] = []
    table: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "Tf":
            table = _table(page.resources["/Font"][str(operands[0])])
        elif operator in ("Tj", "TJ"):
            parts: list[Any] = list(operands[0]) if operator == "TJ" else [operands[0]]
            for part in parts:
                if isinstance(part, pikepdf.String):
                    shown += _decoded(bytes(part), table)
    return shown


def _decoded(codes: bytes, table: dict[int, str]) -> list[str]:
    pairs = (int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2))
    return [table.get(code, "\ufffd") for code in pairs]


def _table(font: Any) -> dict[int, str]:
    table: dict[int, str] = {}
    for kind, body in SECTION.findall(font["/ToUnicode"].read_bytes()):
        found = [bytes.fromhex(each.decode()) for each in HEXADECIMAL.findall(body)]
        if kind == b"char":
            for code, text in zip(found[::2], found[1::2], strict=True):
                table[int.from_bytes(code, "big")] = text.decode("utf-16-be")
            continue
        for first, last, text in zip(found[::3], found[1::3], found[2::3], strict=True):
            start = int.from_bytes(first, "big")
            for each in range(start, int.from_bytes(last, "big") + 1):
                table[each] = chr(ord(text.decode("utf-16-be")) + each - start)
    return table
