"""A rule as a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from codegen.check.diagnostics import Kind
from codegen.check.report import Report
from codegen.check.scope import Scope


class Rule(NamedTuple):
    """Something a design must keep.

    ``purpose`` says it as a sentence.  ``kinds`` are what ``check`` may report.  When one of
    ``unless`` has been found the rule is left alone: it would blame what is right for what is
    wrong elsewhere.
    """

    purpose: str
    kinds: tuple[Kind, ...]
    check: Callable[[Report, Scope], None]
    unless: tuple[Kind, ...] = ()
