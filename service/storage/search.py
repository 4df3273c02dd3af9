"""Searching text for a part of it, taken literally, on every engine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement


class position_of(FunctionElement[int]):
    """Where a part first stands in a text, counted from 1; 0 when it is not in there.

    Upper and lower case differ, and ``%`` and ``_`` are ordinary characters.  LIKE would not do:
    SQLite's ignores the case of ASCII letters.
    """

    type = Integer()
    inherit_cache = True


@compiles(position_of)
def _instr(element: position_of, compiler: SQLCompiler, **arguments: Any) -> str:
    return f"instr({compiler.process(element.clauses, **arguments)})"


@compiles(position_of, "postgresql")
def _strpos(element: position_of, compiler: SQLCompiler, **arguments: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **arguments)})"


def contains(text: QueryableAttribute[Any], part: str) -> ColumnElement[bool]:
    """Hold when ``part`` occurs in ``text``."""
    return position_of(text, literal(part)) > 0
