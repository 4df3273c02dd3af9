"""What endpoints return."""

from __future__ import annotations

from codegen.check.catalogue.types import WHICH_TYPE
from codegen.check.declarations import ResultForm
from codegen.check.declare.expressions import expression, say
from codegen.check.report import Report
from codegen.check.shape import Form, Taken, check_form, take
from codegen.check.shapes import RESULT
from codegen.read import MappingNode, ScalarNode, Span
from codegen.read.shortform import ShortFormError, parse_result

_OK = 200


def result(report: Report, taken: Taken) -> ResultForm | None:
    """Read ``returns``: a status, a type, both, or a mapping that says more."""
    node = taken.node("returns")
    if node is None:
        # A misspelt or malformed `returns` has been reported; that it is missing is no news.
        return ResultForm(status=_OK, span=taken.span) if "returns" in taken.refused else None
    if isinstance(node, MappingNode):
        return _long(report, taken.keys["returns"], node)
    if isinstance(node, ScalarNode) and type(node.value) in (str, int):
        return _short(report, node)
    check_form(report, "`returns`", Form.TEXT_OR_MAPPING, node)
    return ResultForm(status=_OK, span=node.span)


def _short(report: Report, node: ScalarNode) -> ResultForm:
    try:
        status, form = parse_result(node)
    except ShortFormError as error:
        say(report, error)
        return ResultForm(status=_OK, span=node.span)
    if status is None:
        return ResultForm(status=_OK, span=node.span, type=form)
    assert isinstance(status.value, int)
    return ResultForm(status=status.value, span=status.span, type=form)


def _long(report: Report, key: Span, node: MappingNode) -> ResultForm:
    taken = take(report, RESULT, key, node)
    kind, media_type, status = taken.node("type"), taken.name("file"), taken.scalar("status")
    if kind is not None and media_type:
        report.add(
            WHICH_TYPE, media_type.span, what="a result", how="twice", choices="`type` or `file`"
        )
    return ResultForm(
        status=status.value if status and isinstance(status.value, int) else _OK,
        span=status.span if status else key,
        type=expression(report, "the body", kind) if kind is not None else None,
        media_type=media_type,
        doc=taken.text("doc"),
        example=taken.node("example"),
    )
