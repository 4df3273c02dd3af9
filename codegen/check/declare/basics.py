"""The sections that stand beside types and services."""

from __future__ import annotations

from typing import Literal

from codegen.check.catalogue.events import BAD_LENGTH
from codegen.check.catalogue.operations import BAD_REQUIREMENT, MISSING_REQUIRES
from codegen.check.catalogue.shape import SEVERAL_LINES, UNKNOWN_WORD
from codegen.check.declarations import (
    ApiForm,
    AttributeForm,
    ErrorForm,
    RequirementForm,
    SchemeForm,
)
from codegen.check.declare.expressions import expression
from codegen.check.names import ATTRIBUTE, COOKIE, ERROR, HEADER, SCHEME, TAG, check_name
from codegen.check.report import Report
from codegen.check.shape import Form, Taken, check_form, take
from codegen.check.shapes import API, REQUIREMENT
from codegen.check.shapes import ERROR as ERROR_SHAPE
from codegen.check.shapes import SCHEME as SCHEME_SHAPE
from codegen.check.suggest import advice
from codegen.read import Entry, MappingNode, ScalarNode
from codegen.read.forms import Name
from codegen.read.shortform import ShortFormError, parse_length

_SCHEMES = ("bearer", "ticket")


def key_name(entry: Entry) -> Name:
    """The key of an entry as a name."""
    return Name(entry.key.text, entry.key.part(0, len(entry.key.text)))


def api(report: Report, design: Taken) -> ApiForm:
    """Read ``api``."""
    node = design.node("api")
    if node is None:
        return ApiForm(title="", version="", doc="", error_header=None)
    taken = take(report, API, design.keys["api"], node)
    header = taken.name("error_header")
    if header:
        check_name(report, header, HEADER)
    for key in ("title", "version"):
        if "\n" in taken.text(key):
            report.add(SEVERAL_LINES, taken.nodes[key].span, what=f"`{key}`")
    return ApiForm(
        title=taken.text("title"),
        version=taken.text("version"),
        doc=taken.text("doc"),
        error_header=header.text if header else None,
    )


def attribute(report: Report, entry: Entry) -> AttributeForm:
    """Read one of ``attributes``."""
    name = key_name(entry)
    check_name(report, name, ATTRIBUTE)
    right = check_form(report, f"what `{name}` allows", Form.TEXT, entry.value)
    doc = entry.value.text.strip() if right and isinstance(entry.value, ScalarNode) else ""
    return AttributeForm(name=name, doc=doc)


def scheme(report: Report, entry: Entry) -> SchemeForm:
    """Read one of ``security``."""
    name = key_name(entry)
    check_name(report, name, SCHEME)
    taken = take(report, SCHEME_SHAPE, name.span, entry.value)
    cookie = taken.name("cookie")
    if cookie:
        check_name(report, cookie, COOKIE)
    return SchemeForm(
        name=name,
        scheme=_scheme(report, taken.name("scheme")),
        cookie=cookie,
        ttl=length(report, taken, "ttl"),
        doc=taken.text("doc"),
    )


def _scheme(report: Report, word: Name | None) -> Literal["bearer", "ticket"] | None:
    if word is None:
        return None
    if word.text == "bearer":
        return "bearer"
    if word.text == "ticket":
        return "ticket"
    report.add(UNKNOWN_WORD, word.span, help=advice(word.text, _SCHEMES), name=word)
    return None


def length(report: Report, taken: Taken, key: str) -> float | None:
    """Read a length of time, in seconds; it is longer than nothing."""
    node = taken.scalar(key)
    if node is None:
        return None
    try:
        seconds = parse_length(node)
    except ShortFormError as error:
        report.add(BAD_LENGTH, error.span, help=error.help, problem=error.problem)
        return None
    if seconds == 0:
        report.add(BAD_LENGTH, node.span, problem="this is no time at all")
    return seconds


def error(report: Report, entry: Entry) -> ErrorForm:
    """Read one of ``errors``."""
    name = key_name(entry)
    check_name(report, name, ERROR)
    taken = take(report, ERROR_SHAPE, name.span, entry.value)
    wire_name = taken.name("name")
    if wire_name:
        check_name(report, wire_name, TAG)
    status, body = taken.scalar("status"), taken.node("body")
    return ErrorForm(
        name=name,
        wire_name=wire_name or name,
        status=status.value if status and isinstance(status.value, int) else None,
        body=expression(report, "the body", body) if body is not None else None,
        doc=taken.text("doc"),
    )


def requirement(report: Report, taken: Taken, name: Name) -> RequirementForm | None:
    """Read ``requires``; its absence is a mistake, whatever it stands at."""
    node = taken.node("requires")
    if node is None:
        if "requires" not in taken.refused:
            what = taken.shape.what.partition(" ")[2]
            report.add(MISSING_REQUIRES, name.span, what=what, name=name)
        return None
    if isinstance(node, MappingNode):
        return _several(report, node)
    if not check_form(report, "`requires`", Form.TEXT_OR_MAPPING, node):
        return None
    assert isinstance(node, ScalarNode)
    word = Name(node.text, node.part(0, len(node.text)))
    if word.text == "anyone":
        return RequirementForm(kind="anyone", attributes=(), span=word.span)
    if word.text == "signed-in":
        return RequirementForm(kind="signed-in", attributes=(), span=word.span)
    return RequirementForm(kind="all", attributes=(word,), span=word.span)


def _several(report: Report, node: MappingNode) -> RequirementForm | None:
    taken = take(report, REQUIREMENT, node.span, node)
    any_of, all_of = taken.names("any"), taken.names("all")
    if (taken.node("any") is None) == (taken.node("all") is None):
        report.add(BAD_REQUIREMENT, node.span, problem="this says neither or both of any and all")
        return None
    if taken.node("any") is not None and len(any_of) == 1:
        report.add(BAD_REQUIREMENT, node.span, problem="any of one is that one")
    if not (any_of or all_of):
        return None
    kind: Literal["any", "all"] = "any" if any_of else "all"
    return RequirementForm(kind=kind, attributes=any_of or all_of, span=node.span)
