"""Bounds stand where they mean something."""

from __future__ import annotations

from codegen.check.catalogue.types import BAD_BOUND, BAD_PATTERN, MISPLACED_BOUND
from codegen.check.names import SCALARS
from codegen.check.patterns import pattern_problem
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope, describe
from codegen.check.suggest import listing
from codegen.check.uses import everywhere
from codegen.read import ScalarNode
from codegen.read.forms import Bound, Named, TypeForm

_RANGE = ("min", "max")
_ALLOWED = {
    "str": (*_RANGE, "pattern"),
    "int": _RANGE,
    "float": _RANGE,
    "url": _RANGE,
    "email": _RANGE,
    "uuid": ("nil",),
    "list": _RANGE,
}


def _check(report: Report, scope: Scope) -> None:
    for form in everywhere(scope):
        if form.bounds:
            _check_form(report, scope, form)


def _check_form(report: Report, scope: Scope, form: TypeForm) -> None:
    if isinstance(form.core, Named) and form.core.name.text not in SCALARS:
        _refuse_on_name(report, scope, form, form.core)
        return
    under = scope.under(form)
    if under is None:
        return
    kind = under if isinstance(under, str) else "list" if describe(under) == "a list" else ""
    allowed = _ALLOWED.get(kind, ())
    for bound in form.bounds:
        if bound.name.text not in allowed:
            there = f"it takes {listing(allowed)}" if allowed else "it takes no bounds"
            _refuse(report, bound, describe(under), there)
        elif bound.name.text in _RANGE:
            _check_number(report, kind, bound)
        elif bound.name.text == "pattern":
            _check_pattern(report, bound)
    _check_order(report, form)


def _refuse_on_name(report: Report, scope: Scope, form: TypeForm, named: Named) -> None:
    if named.name.text not in scope.named:
        return
    for bound in form.bounds:
        there = f"bounds of `{named.name}` stand where it is declared"
        _refuse(report, bound, f"the name `{named.name}`", there)


def _refuse(report: Report, bound: Bound, kind: str, allowed: str) -> None:
    name = bound.name
    report.add(MISPLACED_BOUND, name.span, bound=name, kind=kind, allowed=allowed)


def _check_number(report: Report, kind: str, bound: Bound) -> None:
    value = _number(bound)
    if value is None:
        problem = f"`{bound.name}` is a number"
    elif kind != "float" and not isinstance(value, int):
        problem = f"`{bound.name}` is a whole number here"
    elif kind not in ("int", "float") and value < 0:
        problem = "a length is not negative"
    else:
        return
    report.add(BAD_BOUND, bound.value.span, problem=problem)


def _check_order(report: Report, form: TypeForm) -> None:
    numbers = {bound.name.text: (bound, _number(bound)) for bound in form.bounds}
    if "min" in numbers and "max" in numbers:
        (_, least), (bound, most) = numbers["min"], numbers["max"]
        if least is not None and most is not None and least > most:
            report.add(BAD_BOUND, bound.value.span, problem="`max` is below `min`")


def _check_pattern(report: Report, bound: Bound) -> None:
    if isinstance(bound.value, ScalarNode) and (problem := pattern_problem(bound.value.text)):
        report.add(BAD_PATTERN, bound.value.span, problem=problem)


def _number(bound: Bound) -> int | float | None:
    value = bound.value.value if isinstance(bound.value, ScalarNode) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


RULES = (
    Rule(
        "A bound fits the type it stands at.",
        (MISPLACED_BOUND, BAD_BOUND, BAD_PATTERN),
        _check,
    ),
)
