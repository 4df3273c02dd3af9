"""Tree -> declarations: which keys there are, what form they have, how names look."""

from __future__ import annotations

from codegen.check.catalogue.shape import UNKNOWN_VERSION
from codegen.check.declarations import Declarations
from codegen.check.declare.basics import api, attribute, error, scheme
from codegen.check.declare.services import service
from codegen.check.declare.types import named_type
from codegen.check.report import Report
from codegen.check.shape import take
from codegen.check.shapes import DESIGN
from codegen.read import MappingNode, Span

LANGUAGE_VERSION = 1


def declare(report: Report, tree: MappingNode) -> Declarations:
    """Take a tree apart.  Whatever is wrong with its form is reported, and left out."""
    taken = take(report, DESIGN, _first_word(tree), tree)
    version = taken.scalar("design")
    if version is not None and version.value != LANGUAGE_VERSION:
        report.add(UNKNOWN_VERSION, version.span)
    return Declarations(
        api=api(report, taken),
        attributes=tuple(attribute(report, e) for e in taken.entries("attributes")),
        security=tuple(scheme(report, e) for e in taken.entries("security")),
        errors=tuple(error(report, e) for e in taken.entries("errors")),
        types=tuple(named_type(report, e) for e in taken.entries("types")),
        services=tuple(service(report, e) for e in taken.entries("services")),
    )


def _first_word(tree: MappingNode) -> Span:
    return tree.entries[0].key.span if tree.entries else tree.span
