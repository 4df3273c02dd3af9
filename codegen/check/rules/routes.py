"""Paths are well formed, and each method and path has one answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from codegen.check.catalogue.operations import (
    BAD_PATH,
    DUPLICATE_ROUTE,
    SHADOWED_ROUTE,
    UNDECLARED_PATH_PARAMETER,
    UNUSED_PATH_PARAMETER,
)
from codegen.check.declarations import EndpointForm
from codegen.check.diagnostics import Note
from codegen.check.inherited import whole_path
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.read import Span
from codegen.read.forms import Name

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)
_PARAMETER = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}", re.ASCII)


class _Route(NamedTuple):
    """A method and a path; parameters are written as ``{}``."""

    method: str
    segments: tuple[str, ...]
    name: Name
    path: Name
    whole: str

    def takes(self, other: _Route) -> bool:
        """Whether every request for the other comes here first."""
        if self.method != other.method or len(self.segments) != len(other.segments):
            return False
        pairs = zip(self.segments, other.segments, strict=True)
        return all(mine in ("{}", theirs) for mine, theirs in pairs)


def _check_paths(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        if service.path is not None:
            _check_path(report, service.path)
            if "{" in service.path.text:
                problem = "the path of a service has no parameters"
                report.add(BAD_PATH, service.path.span, problem=problem)
        for place in service.doors():
            if place.path is not None:
                _check_path(report, place.path)


def _check_path(report: Report, path: Name) -> None:
    if problem := _path_problem(path.text):
        report.add(BAD_PATH, path.span, problem=problem)


def _path_problem(path: str) -> str:
    if not path.startswith("/"):
        return "it does not begin with `/`"
    if path == "/":
        return ""
    segments = path[1:].split("/")
    for segment in segments:
        if segment in ("", ".", ".."):
            return f"`{segment}` means another folder" if segment else "a segment is empty"
        if not (_SEGMENT.fullmatch(segment) or _PARAMETER.fullmatch(segment)):
            return f"`{segment}` is neither literal nor one parameter"
    parameters = _PARAMETER.findall(path)
    if len(set(parameters)) < len(parameters):
        return "a parameter stands in it twice"
    return ""


def _check_parameters(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        for endpoint in service.operations():
            _check_endpoint(report, endpoint)
        for stream in service.streams:
            if stream.path and "{" in stream.path.text:
                problem = "the path of a stream has no parameters"
                report.add(BAD_PATH, stream.path.span, problem=problem)


def _check_endpoint(report: Report, endpoint: EndpointForm) -> None:
    path = endpoint.path
    if path is None or _path_problem(path.text):
        return
    wanted = {match[1]: match.span() for match in _PARAMETER.finditer(path.text)}
    declared = {p.wire_name.text: p.wire_name for p in endpoint.parameters if p.where == "path"}
    for name in wanted.keys() - declared.keys():
        report.add(UNDECLARED_PATH_PARAMETER, _within(path, wanted[name]), name=name)
    for name in declared.keys() - wanted.keys():
        report.add(UNUSED_PATH_PARAMETER, declared[name].span, name=name, path=path)


def _within(path: Name, bounds: tuple[int, int]) -> Span:
    return path.span.inner(*bounds)


def _routes(scope: Scope) -> Iterator[_Route]:
    for service in scope.forms.services:
        for place in service.doors():
            method = place.method if isinstance(place, EndpointForm) else "GET"
            if method is None or place.path is None:
                continue
            whole = whole_path(service, place.path)
            segments = tuple(_PARAMETER.sub("{}", part) for part in whole.split("/"))
            yield _Route(method, segments, place.name, place.path, whole)


def _check_unique(report: Report, scope: Scope) -> None:
    earlier: list[_Route] = []
    for route in _routes(scope):
        other = next((first for first in earlier if first.takes(route)), None)
        if other is None:
            earlier.append(route)
            continue
        kind = DUPLICATE_ROUTE if other.segments == route.segments else SHADOWED_ROUTE
        report.add(
            kind,
            route.path.span,
            notes=(Note(other.path.span, "this comes first"),),
            method=route.method,
            path=route.whole,
            name=route.name,
            other=other.name,
        )


RULES = (
    Rule("A path is one.", (BAD_PATH,), _check_paths),
    Rule(
        "The parameters of a path are declared, and those declared are in it.",
        (UNDECLARED_PATH_PARAMETER, UNUSED_PATH_PARAMETER, BAD_PATH),
        _check_parameters,
    ),
    Rule("A request is answered in one place.", (DUPLICATE_ROUTE, SHADOWED_ROUTE), _check_unique),
)
