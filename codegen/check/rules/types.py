"""Types refer to types that exist and that values can have."""

from __future__ import annotations

from codegen.check.catalogue.shape import EMPTY_LIST
from codegen.check.catalogue.types import (
    BAD_CONSTANT,
    ENDLESS_RECORD,
    NESTED_NULL,
    NOT_A_RECORD,
    RECURSIVE_ALIAS,
    TAG_IN_FIELD,
    UNKNOWN_FIELD,
    UNKNOWN_TYPE,
    UNKNOWN_VIEW,
)
from codegen.check.declarations import AliasForm, FieldForm, RecordForm, UnionForm
from codegen.check.names import SCALARS
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope, describe, fields_of
from codegen.check.suggest import advice, closest
from codegen.check.uses import everywhere, names_in
from codegen.read import ScalarNode
from codegen.read.forms import Constant, Named, TypeForm

# What people who know other languages write first.
_ELSEWHERE = {
    "any": "str",
    "boolean": "bool",
    "char": "str",
    "decimal": "float",
    "double": "float",
    "guid": "uuid",
    "int32": "int",
    "int64": "int",
    "integer": "int",
    "long": "int",
    "number": "float",
    "string": "str",
    "text": "str",
    "time": "datetime",
    "timestamp": "datetime",
    "uri": "url",
}


def _check_names(report: Report, scope: Scope) -> None:
    for form in everywhere(scope):
        if isinstance(form.core, Named):
            _check_name(report, scope, form.core)
        elif isinstance(form.core, Constant):
            _check_constant(report, form.core)


def _check_name(report: Report, scope: Scope, named: Named) -> None:
    name = named.name
    form = scope.named.get(name.text)
    if form is None and name.text not in SCALARS:
        known = [*scope.named, *SCALARS]
        meant = _ELSEWHERE.get(name.text.lower()) or closest(name.text, known)
        help = f"did you mean `{meant}`?" if meant else "declare it under `types`"
        report.add(UNKNOWN_TYPE, name.span, help=help, name=name)
    elif named.view is None:
        return
    elif not isinstance(form, RecordForm):
        under = scope.under(TypeForm(Named(name), name.span))
        if under is not None:
            kind = "another name for something" if form else "a scalar"
            kind = kind if isinstance(form, AliasForm | None) else describe(under)
            report.add(NOT_A_RECORD, name.span, name=name, kind=kind)
    elif named.view.text not in (views := [view.name.text for view in form.views]):
        help = advice(named.view.text, views, "it has no views at all")
        report.add(UNKNOWN_VIEW, named.view.span, help=help, type=name, name=named.view)


def _check_constant(report: Report, constant: Constant) -> None:
    node = constant.value
    if not (isinstance(node, ScalarNode) and isinstance(node.value, str | int)):
        report.add(BAD_CONSTANT, node.span)


def _check_views(report: Report, scope: Scope) -> None:
    for record in scope.records():
        known = [field.name.text for field in record.fields]
        for name in (name for view in record.views for name in view.fields):
            if name.text not in known:
                help = advice(name.text, known)
                report.add(UNKNOWN_FIELD, name.span, help=help, type=record.name, name=name)


def _check_unions(report: Report, scope: Scope) -> None:
    for union in scope.forms.types:
        if not isinstance(union, UnionForm):
            continue
        if not union.variants:
            report.add(EMPTY_LIST, union.name.span, what=f"the union `{union.name}`")
        for _, variant in union.variants:
            _check_variant(report, scope, union, variant)


def _check_variant(report: Report, scope: Scope, union: UnionForm, variant: TypeForm) -> None:
    under = scope.under(variant)
    if under is None:
        return
    core = variant.core
    named = scope.named.get(core.name.text) if isinstance(core, Named) else None
    if not (isinstance(core, Named) and isinstance(named, RecordForm)) or variant.nullable:
        written = core.name.text if isinstance(core, Named) else "this"
        kind = "nullable" if variant.nullable else describe(under)
        report.add(NOT_A_RECORD, variant.span, name=written, kind=kind)
    elif union.tagging == "inside":
        names = {field.name.text for field in fields_of(named, core.view)}
        if "type" in names:
            report.add(TAG_IN_FIELD, variant.span, name=core.name)


def _check_aliases(report: Report, scope: Scope) -> None:
    for alias in scope.forms.types:
        if isinstance(alias, AliasForm) and (cycle := _cycle(scope, alias)):
            path = " → ".join(f"`{name}`" for name in cycle)
            report.add(RECURSIVE_ALIAS, alias.name.span, name=alias.name, cycle=path)


def _cycle(scope: Scope, start: AliasForm) -> list[str]:
    """The names from an alias back to itself, through aliases only; empty if there is no way."""
    paths = [[start.name.text]]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        alias = scope.named.get(path[-1])
        if not isinstance(alias, AliasForm):
            continue
        for named in names_in(alias.type):
            name = named.name.text
            if name == start.name.text:
                return [*path, name]
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return []


_Left = dict[str, RecordForm | UnionForm]


def _check_endless(report: Report, scope: Scope) -> None:
    """Find records without a value: strike out those that have one until nothing changes."""
    left: _Left = {
        form.name.text: form
        for form in scope.forms.types
        if isinstance(form, RecordForm | UnionForm)
    }
    while ending := [name for name, form in left.items() if _ends(scope, form, left)]:
        for name in ending:
            del left[name]
    for form in left.values():
        if isinstance(form, RecordForm):
            field = next(field for field in form.fields if not _field_ends(scope, field, left))
            report.add(ENDLESS_RECORD, form.name.span, name=form.name, field=field.name)


def _ends(scope: Scope, form: RecordForm | UnionForm, left: _Left) -> bool:
    if isinstance(form, RecordForm):
        return all(_field_ends(scope, field, left) for field in form.fields)
    ends = [_type_ends(scope, variant, left) for _, variant in form.variants]
    return any(ends) or not ends


def _field_ends(scope: Scope, field: FieldForm, left: _Left) -> bool:
    absent = field.optional or field.default is not None
    return absent or _type_ends(scope, field.type, left)


def _type_ends(scope: Scope, form: TypeForm, left: _Left) -> bool:
    under = scope.under(form)
    if scope.nullable(form) or not isinstance(under, RecordForm | UnionForm):
        return True
    return under.name.text not in left


def _check_nulls(report: Report, scope: Scope) -> None:
    for form in everywhere(scope):
        if form.nullable and isinstance(form.core, Named):
            name = form.core.name
            if scope.nullable(form._replace(nullable=False)):
                report.add(NESTED_NULL, form.span, name=name)


RULES = (
    Rule(
        "A type that is used is declared, and so is its view.",
        (UNKNOWN_TYPE, UNKNOWN_VIEW, NOT_A_RECORD, BAD_CONSTANT),
        _check_names,
    ),
    Rule("A view has fields of its record.", (UNKNOWN_FIELD,), _check_views),
    Rule(
        "A union chooses among records and can tell them apart.",
        (EMPTY_LIST, NOT_A_RECORD, TAG_IN_FIELD),
        _check_unions,
    ),
    Rule("An alias leads to a type.", (RECURSIVE_ALIAS,), _check_aliases),
    Rule("Every record has a value.", (ENDLESS_RECORD,), _check_endless),
    Rule("There is one null.", (NESTED_NULL,), _check_nulls),
)
