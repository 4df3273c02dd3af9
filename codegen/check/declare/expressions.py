"""Type expressions: short forms and their long equals."""

from __future__ import annotations

from codegen.check.catalogue.shape import BAD_SHORT_FORM
from codegen.check.catalogue.types import INLINE_TYPE, WHICH_TYPE
from codegen.check.report import Report
from codegen.check.shape import Form, Taken, check_form, take
from codegen.check.shapes import BOUND_KEYS, CORE_KEYS, EXPRESSION
from codegen.check.suggest import listing
from codegen.read import MappingNode, Node, ScalarNode, Span
from codegen.read.forms import (
    Bound,
    Constant,
    Listed,
    Mapped,
    Name,
    Named,
    TypeForm,
    Unreadable,
)
from codegen.read.shortform import ShortFormError, parse_type

_NAMED_KINDS = ("enum", "oneof", "fields")


def expression(report: Report, what: str, node: Node) -> TypeForm:
    """Read a type where it is used.

    Args:
        report: Where to say what is wrong.
        what: What the type is for, in words for people.
        node: A short form, or the mapping of a long one.
    """
    if isinstance(node, MappingNode):
        if refuse_inline(report, node):
            return unreadable(node.span)
        return long_form(report, take(report, EXPRESSION, node.span, node))
    if check_form(report, what, Form.TEXT_OR_MAPPING, node) and isinstance(node, ScalarNode):
        return short_form(report, node)
    return unreadable(node.span)


def short_form(report: Report, node: ScalarNode) -> TypeForm:
    """Read a type that is one text."""
    try:
        return parse_type(node)
    except ShortFormError as error:
        say(report, error)
        return unreadable(node.span)


def long_form(report: Report, taken: Taken) -> TypeForm:
    """Read a type that is a mapping, with the bounds it may have."""
    given = [key for key in CORE_KEYS if taken.node(key) is not None]
    if len(given) != 1:
        how = "twice" if given else "nowhere"
        choices = listing(CORE_KEYS, "or")
        report.add(WHICH_TYPE, taken.span, what=taken.shape.what, how=how, choices=choices)
        return unreadable(taken.span)
    form = _core(report, taken, given[0])
    if view := taken.name("view"):
        form = _with_view(report, form, view)
    return form._replace(
        nullable=form.nullable or taken.flag("nullable"), bounds=tuple(_bounds(taken))
    )


def refuse_inline(report: Report, node: MappingNode) -> bool:
    """Report a type that needs a name and has none; whether there was one."""
    for entry in node:
        if entry.key.text in _NAMED_KINDS:
            report.add(INLINE_TYPE, entry.key.span, name=entry.key.text)
            return True
    return False


def unreadable(span: Span) -> TypeForm:
    """Stand in for a type that was refused."""
    return TypeForm(Unreadable(), span)


def say(report: Report, error: ShortFormError) -> None:
    """Report a short form that does not follow the grammar."""
    report.add(BAD_SHORT_FORM, error.span, help=error.help, problem=error.problem)


def _core(report: Report, taken: Taken, key: str) -> TypeForm:
    node = taken.nodes[key]
    if key == "const":
        return TypeForm(Constant(node), node.span)
    form = expression(report, f"`{key}`", node)
    if key == "list":
        return TypeForm(Listed(form), node.span)
    return TypeForm(Mapped(form), node.span) if key == "map" else form


def _with_view(report: Report, form: TypeForm, view: Name) -> TypeForm:
    match form.core:
        case Named(name, None):
            return form._replace(core=Named(name, view))
        case Unreadable():
            return form
    say(report, ShortFormError(view.span, "only a record that is named here can have a view"))
    return unreadable(form.span)


def _bounds(taken: Taken) -> list[Bound]:
    return [
        Bound(Name(key, taken.keys[key]), node)
        for key in BOUND_KEYS
        if (node := taken.node(key)) is not None
    ]
