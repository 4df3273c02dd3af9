"""Whether a value that stands in a design is a value of its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codegen.check.declarations import EnumForm, RecordForm, UnionForm
from codegen.check.formats import NIL_UUID, fits_format
from codegen.check.scope import Scope, fields_of
from codegen.check.shape import found, plain
from codegen.check.suggest import advice
from codegen.read import MappingNode, Node, ScalarNode, SequenceNode, Span
from codegen.read.forms import Constant, Listed, Mapped, Name, Named, TypeForm

_JSON = {
    "int": ("a whole number", (int,)),
    "float": ("a number", (int, float)),
    "bool": ("`true` or `false`", (bool,)),
}
_INT64 = range(-(2**63), 2**63)
_TEXTS = {
    "uuid": "a UUID, as in `11111111-1111-4111-8111-111111111111`",
    "datetime": "a time with its offset, as in `2026-01-02T03:04:05Z`",
    "date": "a date, as in `2026-01-02`",
    "bytes": "Base64",
    "url": "a URL",
    "email": "an e-mail address",
}


class Misfit(NamedTuple):
    """Why a value does not fit, and the part of it that does not."""

    span: Span
    problem: str
    help: str = ""


def misfits(scope: Scope, form: TypeForm, node: Node) -> Iterator[Misfit]:
    """Find what keeps a value from being one of a type; nothing if it is."""
    if isinstance(node, ScalarNode) and node.value is None and scope.nullable(form):
        return
    under = scope.under(form)
    match under:
        case None:
            return
        case str():
            yield from _scalar(scope.bound_type(form), under, node)
        case RecordForm():
            yield from _record(scope, under, _view(form), node)
        case EnumForm(values=values):
            yield from _enum(tuple(value.text for value in values), node)
        case UnionForm():
            yield from _union(scope, under, node)
        case Listed(item):
            yield from _list(scope, scope.bound_type(form), item, node)
        case Mapped(item):
            yield from _map(scope, item, node)
        case Constant(value):
            if plain(value) != plain(node):
                yield Misfit(node.span, f"the only value is `{plain(value)}`")


def misfits_of_record(scope: Scope, record: RecordForm, node: Node) -> Iterator[Misfit]:
    """Find what keeps a value from being one of a record."""
    return _record(scope, record, None, node)


def _view(form: TypeForm) -> Name | None:
    return form.core.view if isinstance(form.core, Named) else None


def _scalar(form: TypeForm, kind: str, node: Node) -> Iterator[Misfit]:
    wanted, types = _JSON.get(kind, ("a text", (str,)))
    if not (isinstance(node, ScalarNode) and type(node.value) in types):
        quote = isinstance(node, ScalarNode) and types == (str,) and node.value is not None
        help = f'put it in quotes: "{node.text}"' if quote and isinstance(node, ScalarNode) else ""
        yield Misfit(node.span, f"{_shown(node)} is not {wanted}", help)
    elif kind == "int" and node.value not in _INT64:
        yield Misfit(node.span, f"{_shown(node)} is more than 64 bits hold")
    elif not fits_format(kind, node.text):
        yield Misfit(node.span, f"{_shown(node)} is not {_TEXTS[kind]}")
    else:
        yield from _out_of_bounds(form, kind, node)


def _out_of_bounds(form: TypeForm, kind: str, node: ScalarNode) -> Iterator[Misfit]:
    bounds = {bound.name.text: plain(bound.value) for bound in form.bounds}
    value = node.value
    yield from _out_of_range(bounds, value if kind in ("int", "float") else node.text, node.span)
    if bounds.get("nil") is False and node.text == NIL_UUID:
        yield Misfit(node.span, "the nil UUID is not allowed here")
    pattern = bounds.get("pattern")
    if isinstance(pattern, str) and not _matches(pattern, node.text):
        yield Misfit(node.span, f"{_shown(node)} does not match the pattern `{pattern}`")


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True  # the pattern itself is reported elsewhere


def _out_of_range(bounds: Mapping[str, object], value: object, span: Span) -> Iterator[Misfit]:
    sized = isinstance(value, str | tuple)
    size = len(value) if isinstance(value, str | tuple) else value
    noun = "its length " if sized else ""
    assert isinstance(size, int | float)
    least, most = bounds.get("min"), bounds.get("max")
    if isinstance(least, int | float) and size < least:
        yield Misfit(span, f"{noun}{size} is below the least, {least}")
    if isinstance(most, int | float) and size > most:
        yield Misfit(span, f"{noun}{size} is above the greatest, {most}")


def _enum(values: tuple[str, ...], node: Node) -> Iterator[Misfit]:
    if not (isinstance(node, ScalarNode) and node.text in values):
        written = node.text if isinstance(node, ScalarNode) else ""
        yield Misfit(node.span, f"{_shown(node)} is none of the values", advice(written, values))
    elif not isinstance(node.value, str):
        yield Misfit(node.span, f"{_shown(node)} is not a text", f'write "{node.text}" in quotes')


def _list(scope: Scope, form: TypeForm, item: TypeForm, node: Node) -> Iterator[Misfit]:
    if not isinstance(node, SequenceNode):
        yield Misfit(node.span, f"{_shown(node)} is not a list")
        return
    bounds = {bound.name.text: plain(bound.value) for bound in form.bounds}
    yield from _out_of_range(bounds, node.items, node.span)
    for part in node.items:
        yield from misfits(scope, item, part)


def _map(scope: Scope, item: TypeForm, node: Node) -> Iterator[Misfit]:
    if not isinstance(node, MappingNode):
        yield Misfit(node.span, f"{_shown(node)} is not a map")
        return
    for entry in node:
        yield from misfits(scope, item, entry.value)


def _record(scope: Scope, record: RecordForm, view: Name | None, node: Node) -> Iterator[Misfit]:
    if not isinstance(node, MappingNode):
        yield Misfit(node.span, f"{_shown(node)} is not a `{record.name}`")
        return
    fields = {field.name.text: field for field in fields_of(record, view)}
    for entry in node:
        name = entry.key.text
        if name in fields:
            yield from misfits(scope, fields[name].type, entry.value)
        else:
            problem = f"`{record.name}` has no field `{name}`"
            yield Misfit(entry.key.span, problem, advice(name, fields))
    there = {entry.key.text for entry in node}
    for name, field in fields.items():
        if name not in there and not field.optional and field.default is None:
            yield Misfit(_head(node), f"the field `{name}` is missing")


def _union(scope: Scope, union: UnionForm, node: Node) -> Iterator[Misfit]:
    if not isinstance(node, MappingNode):
        yield Misfit(node.span, f"{_shown(node)} is not a `{union.name}`")
        return
    variants = {tag.text: form for tag, form in union.variants}
    tag = node.get("type")
    if not (isinstance(tag, ScalarNode) and tag.text in variants):
        span = tag.span if tag else _head(node)
        written = tag.text if isinstance(tag, ScalarNode) else ""
        yield Misfit(span, "`type` names no variant", advice(written, variants))
    elif union.tagging == "inside":
        rest = tuple(entry for entry in node if entry.key.text != "type")
        yield from misfits(scope, variants[tag.text], MappingNode(rest, node.span, node.flow))
    else:
        yield from _adjacent(scope, variants[tag.text], node)


def _adjacent(scope: Scope, variant: TypeForm, node: MappingNode) -> Iterator[Misfit]:
    value = node.get("value")
    if value is None:
        yield Misfit(_head(node), "`value` is missing beside `type`")
    else:
        yield from misfits(scope, variant, value)
    for entry in node:
        if entry.key.text not in ("type", "value"):
            yield Misfit(entry.key.span, "only `type` and `value` stand here")


def _head(node: MappingNode) -> Span:
    return node.entries[0].key.span if node.entries and not node.flow else node.span


def _shown(node: Node) -> str:
    return f"`{node.text}`" if isinstance(node, ScalarNode) and node.text else found(node)
