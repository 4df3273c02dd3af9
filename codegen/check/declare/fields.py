"""Fields of records, events and parameter lists."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.catalogue.files import DUPLICATE_KEY
from codegen.check.catalogue.shape import BRACES_OPTIONAL
from codegen.check.declarations import FieldForm, ParameterForm, Where
from codegen.check.declare.expressions import (
    expression,
    long_form,
    refuse_inline,
    say,
    unreadable,
)
from codegen.check.diagnostics import Note
from codegen.check.names import (
    COOKIE,
    FIELD,
    HEADER,
    PARAMETER,
    NameRule,
    check_name,
)
from codegen.check.report import Report
from codegen.check.shape import Taken, take
from codegen.check.shapes import FIELD as FIELD_SHAPE
from codegen.model.names import snake_case
from codegen.read import Entry, MappingNode, Node, ScalarNode, Span
from codegen.read.forms import Name, TypeForm
from codegen.read.shortform import ShortFormError, parse_field, parse_key

_PLACES: tuple[tuple[str, Where, NameRule], ...] = (
    ("path", "path", PARAMETER),
    ("query", "query", PARAMETER),
    ("headers", "header", HEADER),
    ("cookies", "cookie", COOKIE),
)


def fields(report: Report, node: Node | None, rule: NameRule = FIELD) -> tuple[FieldForm, ...]:
    """Read the members of a record, or of an event by a rule of its own."""
    return tuple(field for _, field in _members(report, node, rule))


def parameters(report: Report, taken: Taken) -> tuple[ParameterForm, ...]:
    """Read an endpoint's inputs outside the body."""
    return tuple(
        ParameterForm(where=where, wire_name=name, field=field)
        for key, where, rule in _PLACES
        for name, field in _members(report, taken.node(key), rule)
    )


def _members(report: Report, node: Node | None, rule: NameRule) -> Iterator[tuple[Name, FieldForm]]:
    if not isinstance(node, MappingNode):
        return
    seen: dict[str, Span] = {}
    for entry in node:
        name, optional = parse_key(entry.key)
        if optional and node.flow:
            report.add(BRACES_OPTIONAL, entry.key.span, name=name)
        if name.text in seen:
            notes = (Note(seen[name.text], "first declared here"),)
            report.add(DUPLICATE_KEY, name.span, notes=notes, name=name)
            continue
        seen[name.text] = name.span
        check_name(report, name, rule)
        in_code = name
        if rule in (HEADER, COOKIE):
            in_code = Name(snake_case(name.text), name.span)
            check_name(report, in_code, PARAMETER)
        yield name, _field(report, in_code, optional, entry)


def _field(report: Report, name: Name, optional: bool, entry: Entry) -> FieldForm:
    node = entry.value
    if isinstance(node, MappingNode):
        return _long_field(report, name, optional, node)
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        form, default = _short_field(report, node)
        return FieldForm(name=name, type=form, optional=optional, default=default)
    form = expression(report, f"the type of `{name}`", node)
    return FieldForm(name=name, type=form, optional=optional)


def _short_field(report: Report, node: ScalarNode) -> tuple[TypeForm, Node | None]:
    try:
        return parse_field(node)
    except ShortFormError as error:
        say(report, error)
        return unreadable(node.span), None


def _long_field(report: Report, name: Name, optional: bool, node: MappingNode) -> FieldForm:
    if refuse_inline(report, node):
        return FieldForm(name=name, type=unreadable(node.span), optional=optional)
    taken = take(report, FIELD_SHAPE, name.span, node)
    return FieldForm(
        name=name,
        type=long_form(report, taken),
        optional=optional or taken.flag("optional"),
        default=taken.node("default"),
        doc=taken.text("doc"),
        example=taken.node("example"),
        deprecated=taken.flag("deprecated"),
    )
