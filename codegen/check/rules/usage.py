"""What is declared is used."""

from __future__ import annotations

from codegen.check.catalogue.events import UNKNOWN_EVENT
from codegen.check.catalogue.operations import (
    BAD_REQUIREMENT,
    MISSING_REQUIRES,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_ERROR,
    UNKNOWN_SCHEME,
)
from codegen.check.catalogue.shape import BAD_SHORT_FORM, UNKNOWN_KEY, WRONG_FORM
from codegen.check.catalogue.types import (
    INLINE_TYPE,
    UNKNOWN_TYPE,
    UNKNOWN_VIEW,
    WHICH_TYPE,
)
from codegen.check.catalogue.usage import (
    UNSENT_EVENT,
    UNUSED_ATTRIBUTE,
    UNUSED_ERROR,
    UNUSED_EVENT,
    UNUSED_SCHEME,
    UNUSED_TYPE,
    UNUSED_VIEW,
)
from codegen.check.declarations import RecordForm, ServiceForm
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.rules.security import requirements
from codegen.check.scope import Scope
from codegen.check.uses import names_in, of_named, outside


def _check_types(report: Report, scope: Scope) -> None:
    types, views = _reached(scope)
    for form in scope.forms.types:
        name = form.name
        if name.text not in types:
            report.add(UNUSED_TYPE, name.span, name=name)
        elif isinstance(form, RecordForm):
            for view in form.views:
                if (name.text, view.name.text) not in views:
                    report.add(UNUSED_VIEW, view.name.span, name=f"{name}.{view.name}")


def _reached(scope: Scope) -> tuple[set[str], set[tuple[str, str]]]:
    """The types and views that callers can meet."""
    types: set[str] = set()
    views: set[tuple[str, str]] = set()
    waiting = list(outside(scope))
    while waiting:
        for named in names_in(waiting.pop()):
            name = named.name.text
            if named.view is not None:
                views.add((name, named.view.text))
            if name in scope.named and name not in types:
                types.add(name)
                waiting.extend(of_named(scope.named[name]))
    return types, views


def _check_attributes(report: Report, scope: Scope) -> None:
    required = {name.text for form in requirements(scope) for name in form.attributes}
    for attribute in scope.forms.attributes:
        if attribute.name.text not in required:
            report.add(UNUSED_ATTRIBUTE, attribute.name.span, name=attribute.name)


def _check_errors(report: Report, scope: Scope) -> None:
    used: set[str] = set()
    for service in scope.forms.services:
        used |= {name.text for name in service.errors}
        used |= {name.text for door in service.doors() for name in door.errors}
    for error in scope.forms.errors:
        if error.name.text not in used:
            report.add(UNUSED_ERROR, error.name.span, name=error.name)


def _check_schemes(report: Report, scope: Scope) -> None:
    used = set()
    for service in scope.forms.services:
        named = [service.security, *(door.security for door in service.doors())]
        named += [endpoint.issues for endpoint in service.operations()]
        used |= {name.text for name in named if name}
    for scheme in scope.forms.security:
        if scheme.name.text not in used:
            report.add(UNUSED_SCHEME, scheme.name.span, name=scheme.name)


def _check_events(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        emitted, own, sent = _published(service)
        for event in service.events:
            name = event.name
            if name.text not in emitted | own:
                report.add(UNUSED_EVENT, name.span, name=name)
            elif sent is not None and name.text not in sent | own:
                report.add(UNSENT_EVENT, name.span, name=name)


def _published(service: ServiceForm) -> tuple[set[str], set[str], set[str] | None]:
    """What a service emits, what its streams send of themselves, and what they pass on.

    The last is ``None`` when a stream passes everything on.
    """
    emitted = {name.text for publisher in service.publishers() for name in publisher.emits}
    resets = [stream.reset for stream in service.streams]
    beats = [stream.heartbeat.event for stream in service.streams if stream.heartbeat]
    own = {name.text for name in (*resets, *beats) if name}
    if any(stream.sends is None for stream in service.streams):
        return emitted, own, None
    return emitted, own, {name.text for s in service.streams for name in s.sends or ()}


# After one of these, what is used cannot be told: the use may be among what was refused.
_UNREAD = (WRONG_FORM, UNKNOWN_KEY, BAD_SHORT_FORM, WHICH_TYPE, INLINE_TYPE)

RULES = (
    Rule(
        "Every type and view is met by callers.",
        (UNUSED_TYPE, UNUSED_VIEW),
        _check_types,
        (*_UNREAD, UNKNOWN_TYPE, UNKNOWN_VIEW),
    ),
    Rule(
        "Every attribute is required somewhere.",
        (UNUSED_ATTRIBUTE,),
        _check_attributes,
        (*_UNREAD, UNKNOWN_ATTRIBUTE, MISSING_REQUIRES, BAD_REQUIREMENT),
    ),
    Rule("Every error can be answered.", (UNUSED_ERROR,), _check_errors, (*_UNREAD, UNKNOWN_ERROR)),
    Rule(
        "Every security scheme is used.",
        (UNUSED_SCHEME,),
        _check_schemes,
        (*_UNREAD, UNKNOWN_SCHEME),
    ),
    Rule(
        "Every event is published and sent.",
        (UNUSED_EVENT, UNSENT_EVENT),
        _check_events,
        (*_UNREAD, UNKNOWN_EVENT),
    ),
)
