"""Names are unique, also once they are written in another case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from codegen.check.catalogue.names import DUPLICATE_NAME, NAMES_COLLIDE
from codegen.check.catalogue.operations import DUPLICATE_PARAMETER
from codegen.check.catalogue.types import ODD_ENUM_VALUE
from codegen.check.declarations import EnumForm, RecordForm, UnionForm
from codegen.check.diagnostics import Note
from codegen.check.inherited import view_name
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.model.names import constant_case, operation_id, pascal_case, snake_case, union_name
from codegen.read.forms import Name

_Labelled = tuple[Name, str]


def _types(scope: Scope) -> Iterator[_Labelled]:
    for service in scope.forms.services:
        if service.events:
            label = f"the type of all events of `{service.name}`"
            yield Name(union_name(service.name.text), service.name.span), label
    for form in scope.forms.types:
        yield form.name, "a type"
        if isinstance(form, RecordForm):
            for view in form.views:
                name = view_name(form.name.text, view.name.text)
                yield Name(name, view.name.span), "a view"
    for body in scope.bodies:
        yield body.name, "the body of an endpoint"
    for _, event in scope.events():
        yield event.name, "an event"


def _endpoints(scope: Scope) -> Iterator[_Labelled]:
    for _, endpoint in scope.endpoints():
        yield endpoint.name, "an endpoint"
    for service in scope.forms.services:
        yield from ((stream.name, "a stream") for stream in service.streams)
        yield from ((work.name, "background work") for work in service.background)


def _unique(report: Report, names: Iterable[_Labelled]) -> None:
    seen: dict[str, _Labelled] = {}
    for name, label in names:
        first, first_label = seen.setdefault(name.text, (name, label))
        if first is not name:
            notes = (Note(first.span, "first used here"),)
            report.add(DUPLICATE_NAME, name.span, notes=notes, name=name, other=first_label)


def _clients(scope: Scope) -> Iterator[tuple[Name, str]]:
    """Yield services, operations and streams with their names in clients and documents."""
    for service in scope.forms.services:
        yield service.name, pascal_case(service.name.text)
        for door in service.doors():
            yield door.name, pascal_case(operation_id(service.name.text, door.name.text))


def _distinct(report: Report, names: Iterable[Name], same: Callable[[str], str]) -> None:
    _apart(report, ((name, same(name.text)) for name in names))


def _apart(report: Report, names: Iterable[tuple[Name, str]]) -> None:
    seen: dict[str, Name] = {}
    for name, key in names:
        first = seen.setdefault(key, name)
        if first.text != name.text:
            notes = (Note(first.span, "the other one"),)
            report.add(NAMES_COLLIDE, name.span, notes=notes, name=name, other=first, same=key)


def _check_unique(report: Report, scope: Scope) -> None:
    _unique(report, _types(scope))
    _unique(report, _endpoints(scope))


def _check_distinct(report: Report, scope: Scope) -> None:
    forms = scope.forms
    _distinct(report, (name for name, _ in _types(scope)), snake_case)
    _distinct(report, (name for name, _ in _endpoints(scope)), pascal_case)
    _apart(report, _clients(scope))
    _distinct(report, (error.name for error in forms.errors), pascal_case)
    _distinct(report, (attribute.name for attribute in forms.attributes), constant_case)
    for record in scope.records():
        _distinct(report, (field.name for field in record.fields), snake_case)
    for _, event in scope.events():
        _distinct(report, (field.name for field in event.fields), snake_case)
    for form in forms.types:
        if isinstance(form, EnumForm):
            _distinct(report, form.values, constant_case)
        elif isinstance(form, UnionForm):
            _distinct(report, (tag for tag, _ in form.variants), constant_case)


def _check_parameters(report: Report, scope: Scope) -> None:
    for _, endpoint in scope.endpoints():
        seen: dict[str, Name] = {}
        for parameter in endpoint.parameters:
            name = parameter.field.name
            first = seen.setdefault(snake_case(name.text), name)
            if first is not name:
                notes = (Note(first.span, "first declared here"),)
                report.add(DUPLICATE_PARAMETER, name.span, notes=notes, name=name)


def _check_enum_values(report: Report, scope: Scope) -> None:
    for form in scope.forms.types:
        if isinstance(form, EnumForm):
            for name in form.values:
                if not constant_case(name.text) or "\n" in name.text:
                    report.add(ODD_ENUM_VALUE, name.span, name=name.text.replace("\n", " "))


RULES = (
    Rule("A name stands for one thing.", (DUPLICATE_NAME,), _check_unique),
    Rule("Two names stay two in every case.", (NAMES_COLLIDE,), _check_distinct),
    Rule(
        "An endpoint's parameters are one list of arguments.",
        (DUPLICATE_PARAMETER,),
        _check_parameters,
    ),
    Rule("Every value of an enum has a name in code.", (ODD_ENUM_VALUE,), _check_enum_values),
)
