"""Who may do what, and how they prove who they are."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.catalogue.operations import (
    ALSO_401,
    ALSO_403,
    ANYONE_SECURED,
    NO_SCHEME,
    NOT_A_TICKET,
    SCHEME_KEYS,
    TICKET_NOT_ISSUED,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_SCHEME,
)
from codegen.check.declarations import RequirementForm, SchemeForm, ServiceForm
from codegen.check.inherited import scheme_of
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.check.suggest import advice
from codegen.read.forms import Name


def requirements(scope: Scope) -> Iterator[RequirementForm]:
    """Every requirement of a design."""
    for service in scope.forms.services:
        found = [door.requires for door in service.doors()]
        found += [event.requires for event in service.events]
        yield from (requirement for requirement in found if requirement is not None)


def _check_attributes(report: Report, scope: Scope) -> None:
    for requirement in requirements(scope):
        for name in requirement.attributes:
            if name.text not in scope.attributes:
                known = [*scope.attributes, "anyone", "signed-in"]
                help = advice(name.text, known, "declare it under `attributes`")
                report.add(UNKNOWN_ATTRIBUTE, name.span, help=help, name=name)


def _check_schemes(report: Report, scope: Scope) -> None:
    for scheme in scope.forms.security:
        if scheme.scheme == "ticket":
            _check_ticket_scheme(report, scheme)
        elif scheme.scheme == "bearer" and (scheme.cookie or scheme.ttl):
            report.add(SCHEME_KEYS, scheme.name.span, scheme="bearer", problem="has no such keys")


def _check_ticket_scheme(report: Report, scheme: SchemeForm) -> None:
    given = {"cookie": scheme.cookie, "ttl": scheme.ttl}
    for key, value in given.items():
        if value is None:
            problem = f"needs the key `{key}`"
            report.add(SCHEME_KEYS, scheme.name.span, scheme="ticket", problem=problem)
    if scheme.ttl is not None and scheme.ttl != int(scheme.ttl):
        problem = "lives for whole seconds"
        report.add(SCHEME_KEYS, scheme.name.span, scheme="ticket", problem=problem)


def _check_scheme_names(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        named = [service.security, *(place.security for place in service.endpoints)]
        named += [stream.security for stream in service.streams]
        for name in named:
            if name and name.text not in (*scope.schemes, "none"):
                help = advice(name.text, [*scope.schemes, "none"])
                report.add(UNKNOWN_SCHEME, name.span, help=help, name=name)


def _check_issued(report: Report, scope: Scope) -> None:
    for _, endpoint in scope.endpoints():
        if endpoint.issues is not None:
            _check_issuer(report, scope, endpoint.issues)


def _check_issuer(report: Report, scope: Scope, name: Name) -> None:
    scheme = scope.schemes.get(name.text)
    if scheme is None:
        help = advice(name.text, scope.schemes)
        report.add(UNKNOWN_SCHEME, name.span, help=help, name=name)
    elif scheme.scheme == "bearer":
        report.add(NOT_A_TICKET, name.span, name=name)


def _check_ways_in(report: Report, scope: Scope) -> None:
    issued = {endpoint.issues.text for _, endpoint in scope.endpoints() if endpoint.issues}
    for service in scope.forms.services:
        for place in service.doors():
            _check_way_in(report, service, place.name, place.security, place.requires)
        for endpoint in service.endpoints:
            name = scheme_of(service, endpoint.security, endpoint.requires)
            scheme = scope.schemes.get(name or "")
            if scheme and scheme.scheme == "ticket" and scheme.name.text not in issued:
                span = (endpoint.security or endpoint.name).span
                report.add(TICKET_NOT_ISSUED, span, name=name)


def _check_way_in(
    report: Report,
    service: ServiceForm,
    name: Name,
    own: Name | None,
    requires: RequirementForm | None,
) -> None:
    if requires is None:
        return
    if requires.kind == "anyone":
        if own is not None and own.text != "none":
            report.add(ANYONE_SECURED, own.span, name=name)
    elif scheme_of(service, own, requires) is None:
        report.add(NO_SCHEME, (own or name).span, name=name)


def _check_refusals(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        for place in service.doors():
            requires = place.requires
            if requires is None or requires.kind == "anyone":
                continue
            names = (*service.errors, *place.errors)
            found = [scope.errors.get(name.text) for name in names]
            if None in found:
                continue
            statuses = {error.status for error in found if error}
            if 401 not in statuses:
                report.add(ALSO_401, place.name.span, name=place.name)
            if requires.attributes and 403 not in statuses:
                report.add(ALSO_403, place.name.span, name=place.name)


RULES = (
    Rule("An attribute that is required is declared.", (UNKNOWN_ATTRIBUTE,), _check_attributes),
    Rule("A scheme has the keys of its kind.", (SCHEME_KEYS,), _check_schemes),
    Rule("A scheme that is named is declared.", (UNKNOWN_SCHEME,), _check_scheme_names),
    Rule("What is issued is a ticket.", (UNKNOWN_SCHEME, NOT_A_TICKET), _check_issued),
    Rule(
        "Who must be known can be known, and only who must be known is asked.",
        (ANYONE_SECURED, NO_SCHEME, TICKET_NOT_ISSUED),
        _check_ways_in,
    ),
    Rule("A refusal is declared.", (ALSO_401, ALSO_403), _check_refusals),
)
