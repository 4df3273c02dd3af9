"""The rules of the language, as values."""

from __future__ import annotations

from codegen.check.declarations import Declarations
from codegen.check.report import Report
from codegen.check.rules import (
    bounds,
    endpoints,
    events,
    names,
    routes,
    security,
    streams,
    types,
    usage,
    values,
)
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope

RULES: tuple[Rule, ...] = (
    *names.RULES,
    *types.RULES,
    *bounds.RULES,
    *values.RULES,
    *security.RULES,
    *endpoints.RULES,
    *routes.RULES,
    *events.RULES,
    *streams.RULES,
    *usage.RULES,
)
"""Every rule, those last that ask whether something is used."""


def apply_rules(report: Report, declarations: Declarations) -> None:
    """Report every rule that is not kept."""
    scope = Scope(declarations)
    for rule in RULES:
        if not report.has_any(rule.unless):
            rule.check(report, scope)
