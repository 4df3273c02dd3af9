"""Values that stand in a design fit their types."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.check.catalogue.types import DEFAULT_MISFIT, EXAMPLE_MISFIT, REDUNDANT_OPTIONAL
from codegen.check.declarations import FieldForm
from codegen.check.diagnostics import Kind
from codegen.check.fitting import Misfit, misfits, misfits_of_record
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.check.uses import members


def _say(report: Report, kind: Kind, found: Iterable[Misfit]) -> None:
    for misfit in found:
        report.add(kind, misfit.span, help=misfit.help, problem=misfit.problem)


def _check_fields(report: Report, scope: Scope) -> None:
    for field in members(scope):
        _check_field(report, scope, field)


def _check_field(report: Report, scope: Scope, field: FieldForm) -> None:
    if field.default is not None:
        _say(report, DEFAULT_MISFIT, misfits(scope, field.type, field.default))
        if field.optional:
            report.add(REDUNDANT_OPTIONAL, field.name.span, name=field.name)
    if field.example is not None:
        _say(report, EXAMPLE_MISFIT, misfits(scope, field.type, field.example))


def _check_examples(report: Report, scope: Scope) -> None:
    for record in scope.records():
        if record.example is not None:
            _say(report, EXAMPLE_MISFIT, misfits_of_record(scope, record, record.example))
    for _, endpoint in scope.endpoints():
        result = endpoint.result
        if result is None or result.example is None:
            continue
        if result.type is None:
            nothing = Misfit(result.example.span, "there is no JSON body to show")
            _say(report, EXAMPLE_MISFIT, [nothing])
        else:
            _say(report, EXAMPLE_MISFIT, misfits(scope, result.type, result.example))


RULES = (
    Rule(
        "A field's default and example are values of its type.",
        (DEFAULT_MISFIT, EXAMPLE_MISFIT, REDUNDANT_OPTIONAL),
        _check_fields,
    ),
    Rule("An example of a record or a result is one.", (EXAMPLE_MISFIT,), _check_examples),
)
