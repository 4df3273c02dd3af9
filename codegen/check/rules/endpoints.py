"""Endpoints take what HTTP can carry, and answer what they declare."""

from __future__ import annotations

import re

from codegen.check.catalogue.operations import (
    ALSO_400,
    BAD_ERROR_BODY,
    BAD_MEDIA_TYPE,
    BAD_PARAMETER,
    BAD_STATUS,
    BODILESS_STATUS,
    BODY_ON_GET,
    ERRORS_ALIKE,
    INHERITED_ERROR,
    ISSUES_AND_RETURNS,
    MISSING_RETURNS,
    RESERVED_HEADER,
    STRAY_BODY_REQUIRED,
    UNKNOWN_ERROR,
)
from codegen.check.declarations import (
    AliasForm,
    EndpointForm,
    EnumForm,
    ErrorForm,
    ParameterForm,
    RecordForm,
    ResultForm,
)
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope, Under, describe
from codegen.check.suggest import advice
from codegen.read.forms import Constant, Listed, Name, Named, TypeForm

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", re.ASCII)
_RESERVED_HEADERS = {
    "authorization": "security schemes read it; name one with `security`",
    "cookie": "declare the cookie under `cookies`",
    "content-type": "it follows from `body`",
    "content-length": "it follows from `body`",
    "transfer-encoding": "it follows from `body`",
    "accept": "an endpoint answers in one way",
    "host": "it belongs to the server",
    "connection": "it belongs to the server",
}


def _check_parameters(report: Report, scope: Scope) -> None:
    for _, endpoint in scope.endpoints():
        for parameter in endpoint.parameters:
            _check_header(report, parameter)
            if problem := _parameter_problem(scope, parameter):
                report.add(BAD_PARAMETER, parameter.field.type.span, problem=problem)
            absent = parameter.field.optional or parameter.field.default is not None
            if parameter.where == "path" and absent:
                problem = "a parameter of the path is always there"
                report.add(BAD_PARAMETER, parameter.field.name.span, problem=problem)


def _check_header(report: Report, parameter: ParameterForm) -> None:
    name = parameter.wire_name
    if parameter.where == "header" and (instead := _RESERVED_HEADERS.get(name.text.lower())):
        report.add(RESERVED_HEADER, name.span, name=name, instead=instead)


def _parameter_problem(scope: Scope, parameter: ParameterForm) -> str:
    form = parameter.field.type
    under = scope.under(form)
    if under is None:
        return ""
    if scope.nullable(form):
        return "a parameter cannot be null; mark it with `?` to let it be absent"
    if _is_text(under):
        return ""
    if isinstance(under, Listed):
        return _list_problem(scope, parameter, under.item)
    return f"a parameter is a scalar or an enum, not {describe(under)}"


def _list_problem(scope: Scope, parameter: ParameterForm, item: TypeForm) -> str:
    if parameter.where != "query":
        return "only a parameter of the query can be a list"
    under = scope.under(item)
    fits = under is None or (_is_text(under) and not scope.nullable(item))
    return "" if fits else "a list in the query holds scalars or an enum"


def _is_text(under: Under) -> bool:
    return isinstance(under, str | EnumForm)


def _check_bodies(report: Report, scope: Scope) -> None:
    for _, endpoint in scope.endpoints():
        if endpoint.body is None:
            if endpoint.body_span:
                report.add(STRAY_BODY_REQUIRED, endpoint.body_span)
        elif endpoint.method in ("GET", "DELETE") and endpoint.body_span:
            report.add(BODY_ON_GET, endpoint.body_span, method=endpoint.method)


def _check_results(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        for endpoint in service.endpoints:
            if endpoint.result is None:
                if endpoint.issues is None:
                    report.add(MISSING_RETURNS, endpoint.name.span, name=endpoint.name)
            elif endpoint.issues is not None:
                report.add(ISSUES_AND_RETURNS, endpoint.result.span)
            else:
                _check_result(report, endpoint.result)


def _check_result(report: Report, result: ResultForm) -> None:
    status = result.status
    if not 200 <= status <= 299:
        what, wanted = "an answer that worked", "use 200 to 299; what did not work is an error"
        report.add(BAD_STATUS, result.span, status=status, what=what, wanted=wanted)
    elif status in (204, 205) and (result.type or result.media_type):
        report.add(BODILESS_STATUS, result.span, status=status)
    media_type = result.media_type
    if media_type and not _MEDIA_TYPE.fullmatch(media_type.text):
        report.add(BAD_MEDIA_TYPE, media_type.span, name=media_type)


def _check_statuses(report: Report, scope: Scope) -> None:
    for error in scope.forms.errors:
        if error.status is not None and not 400 <= error.status <= 599:
            wanted = "use 400 to 499 for what the caller can mend, 500 to 599 for what it cannot"
            report.add(
                BAD_STATUS, error.name.span, status=error.status, what="an error", wanted=wanted
            )


def _check_error_bodies(report: Report, scope: Scope) -> None:
    for error in scope.forms.errors:
        body = error.body
        if body is not None and (kind := _odd_body(scope, body)):
            report.add(BAD_ERROR_BODY, body.span, kind=kind)


def _odd_body(scope: Scope, body: TypeForm) -> str:
    """Say what a body is that no error can have; nothing of one that it can."""
    under = scope.under(body)
    if under is None or isinstance(body.core, Constant):
        return "nullable" if body.nullable else ""
    if scope.nullable(body):
        return "nullable"
    if isinstance(body.core, Named) and isinstance(scope.named.get(body.core.name.text), AliasForm):
        return "another name for something"
    return "" if isinstance(under, RecordForm) else describe(under)


def _check_errors(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        _check_error_names(report, scope, service.errors, inherited=())
        for place in service.doors():
            _check_error_names(report, scope, place.errors, inherited=service.errors)


def _check_error_names(
    report: Report,
    scope: Scope,
    names: tuple[Name, ...],
    inherited: tuple[Name, ...],
) -> None:
    inherited_names = {name.text for name in inherited}
    seen: dict[tuple[int | None, str], ErrorForm] = {}
    for name in (*inherited, *names):
        error = scope.errors.get(name.text)
        if error is None:
            help = advice(name.text, scope.errors, "declare it under `errors`")
            report.add(UNKNOWN_ERROR, name.span, help=help, name=name)
            continue
        other = seen.setdefault((error.status, error.wire_name.text), error)
        if other is not error:
            _alike(report, name, other)
    for name in names:
        if name.text in inherited_names:
            report.add(INHERITED_ERROR, name.span, name=name)


def _alike(report: Report, name: Name, other: ErrorForm) -> None:
    report.add(
        ERRORS_ALIKE,
        name.span,
        name=name,
        other=other.name,
        status=other.status,
        wire=other.wire_name,
    )


def _check_input_refusals(report: Report, scope: Scope) -> None:
    for service, endpoint in scope.endpoints():
        errors = [scope.errors.get(name.text) for name in (*service.errors, *endpoint.errors)]
        refused = any(error is None or error.status in (400, 422) for error in errors)
        if _takes_input(scope, endpoint) and not refused:
            report.add(ALSO_400, endpoint.name.span, name=endpoint.name)


def _takes_input(scope: Scope, endpoint: EndpointForm) -> bool:
    if endpoint.body is not None:
        return True
    return any(
        not parameter.field.optional or scope.under(parameter.field.type) != "str"
        for parameter in endpoint.parameters
    )


RULES = (
    Rule(
        "A parameter is something that can be written as text.",
        (BAD_PARAMETER, RESERVED_HEADER),
        _check_parameters,
    ),
    Rule("A body is where HTTP allows one.", (BODY_ON_GET, STRAY_BODY_REQUIRED), _check_bodies),
    Rule(
        "An endpoint says what it returns, and HTTP can carry it.",
        (MISSING_RETURNS, ISSUES_AND_RETURNS, BAD_STATUS, BODILESS_STATUS, BAD_MEDIA_TYPE),
        _check_results,
    ),
    Rule("An error has the status of one.", (BAD_STATUS,), _check_statuses),
    Rule("An error says a record or a constant.", (BAD_ERROR_BODY,), _check_error_bodies),
    Rule(
        "Errors that are named are declared, once, and can be told apart.",
        (UNKNOWN_ERROR, INHERITED_ERROR, ERRORS_ALIKE),
        _check_errors,
    ),
    Rule("Input can be refused.", (ALSO_400,), _check_input_refusals),
)
