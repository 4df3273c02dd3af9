"""Named types."""

from __future__ import annotations

from codegen.check.catalogue.shape import UNKNOWN_WORD
from codegen.check.catalogue.types import WHICH_TYPE
from codegen.check.declarations import (
    AliasForm,
    EnumForm,
    NamedForm,
    RecordForm,
    UnionForm,
    ViewForm,
)
from codegen.check.declare.expressions import expression, long_form, short_form, unreadable
from codegen.check.declare.fields import fields
from codegen.check.names import TYPE, VARIANT, VIEW, check_name
from codegen.check.report import Report
from codegen.check.shape import Form, check_form, take, texts
from codegen.check.shapes import ALIAS, CORE_KEYS, ENUM, RECORD, UNION
from codegen.check.suggest import advice, listing
from codegen.read import Entry, MappingNode, Node, ScalarNode
from codegen.read.forms import Name

_TAGGINGS = ("adjacent", "inside")


def named_type(report: Report, entry: Entry) -> NamedForm:
    """Read one of ``types``; which kind it is follows from its keys."""
    name = Name(entry.key.text, entry.key.part(0, len(entry.key.text)))
    check_name(report, name, TYPE)
    node = entry.value
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return AliasForm(name=name, type=short_form(report, node), doc="", extensions={})
    if not isinstance(node, MappingNode):
        check_form(report, f"the type `{name}`", Form.TEXT_OR_MAPPING, node)
        return _refused(name)
    return _by_kind(report, name, node)


def _by_kind(report: Report, name: Name, node: MappingNode) -> NamedForm:
    readers = {"fields": _record, "enum": _enum, "oneof": _union}
    kinds = [key for key in readers if node.get(key) is not None]
    aliased = any(node.get(key) is not None for key in CORE_KEYS)
    if len(kinds) + aliased != 1:
        how = "twice" if kinds else "nowhere"
        choices = listing([*readers, *CORE_KEYS], "or")
        report.add(WHICH_TYPE, name.span, what=f"`{name}`", how=how, choices=choices)
        return _refused(name)
    return (readers[kinds[0]] if kinds else _alias)(report, name, node)


def _refused(name: Name) -> AliasForm:
    return AliasForm(name=name, type=unreadable(name.span), doc="", extensions={})


def _record(report: Report, name: Name, node: MappingNode) -> NamedForm:
    taken = take(report, RECORD, name.span, node)
    return RecordForm(
        name=name,
        fields=fields(report, taken.node("fields")),
        views=tuple(_view(report, view) for view in taken.entries("views")),
        doc=taken.text("doc"),
        example=taken.node("example"),
        extensions=taken.extensions(),
    )


def _view(report: Report, entry: Entry) -> ViewForm:
    name = Name(entry.key.text, entry.key.span)
    check_name(report, name, VIEW)
    return ViewForm(name=name, fields=tuple(texts(report, f"the view `{name}`", entry.value)))


def _enum(report: Report, name: Name, node: MappingNode) -> NamedForm:
    taken = take(report, ENUM, name.span, node)
    return EnumForm(
        name=name,
        values=taken.names("enum"),
        doc=taken.text("doc"),
        extensions=taken.extensions(),
    )


def _union(report: Report, name: Name, node: MappingNode) -> NamedForm:
    taken = take(report, UNION, name.span, node)
    tag = taken.name("tag")
    if tag and tag.text not in _TAGGINGS:
        report.add(UNKNOWN_WORD, tag.span, help=advice(tag.text, _TAGGINGS), name=tag)
    return UnionForm(
        name=name,
        variants=tuple(
            (_tag(report, variant), expression(report, "a variant", variant.value))
            for variant in taken.entries("oneof")
        ),
        tagging="inside" if tag and tag.text == "inside" else "adjacent",
        doc=taken.text("doc"),
        extensions=taken.extensions(),
    )


def _tag(report: Report, entry: Entry) -> Name:
    tag = Name(entry.key.text, entry.key.span)
    check_name(report, tag, VARIANT)
    return tag


def _alias(report: Report, name: Name, node: Node) -> NamedForm:
    taken = take(report, ALIAS, name.span, node)
    return AliasForm(
        name=name,
        type=long_form(report, taken),
        doc=taken.text("doc"),
        extensions=taken.extensions(),
    )
