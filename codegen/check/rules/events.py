"""Events are known by their tags, and published by those who said so."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.catalogue.events import (
    COALESCE_WITHOUT_SUBJECT,
    DUPLICATE_TAG,
    ODD_SUBJECT,
    UNKNOWN_EVENT,
)
from codegen.check.declarations import EventForm, ServiceForm
from codegen.check.diagnostics import Note
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.check.suggest import advice
from codegen.read.forms import Name


def mentioned(service: ServiceForm) -> Iterator[Name]:
    """Every name of an event that a service mentions outside the events themselves."""
    for endpoint in service.operations():
        yield from endpoint.emits
    for work in service.background:
        yield from work.emits
    for stream in service.streams:
        yield from stream.sends or ()
        if stream.heartbeat is not None:
            yield stream.heartbeat.event
        if stream.reset is not None:
            yield stream.reset


def _check_names(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        known = [event.name.text for event in service.events]
        for name in mentioned(service):
            if name.text not in known:
                help = advice(name.text, known, "declare it under `events` of this service")
                owner = service.name
                report.add(UNKNOWN_EVENT, name.span, help=help, name=name, service=owner)


def _check_tags(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        seen: dict[str, EventForm] = {}
        for event in service.events:
            first = seen.setdefault(event.tag.text, event)
            if first is not event:
                notes = (Note(first.tag.span, "first used here"),)
                tag, other = event.tag, first.name
                report.add(DUPLICATE_TAG, tag.span, notes=notes, tag=tag, other=other)


def _check_subjects(report: Report, scope: Scope) -> None:
    for _, event in scope.events():
        if event.subject is not None and (problem := _subject_problem(scope, event)):
            fields = [field.name.text for field in event.fields]
            help = advice(event.subject.text, fields) if "no field" in problem else ""
            report.add(
                ODD_SUBJECT, event.subject.span, help=help, name=event.subject, problem=problem
            )


def _subject_problem(scope: Scope, event: EventForm) -> str:
    assert event.subject is not None
    name = event.subject.text
    field = next((field for field in event.fields if field.name.text == name), None)
    if field is None:
        return "is no field of the event"
    if field.optional or field.default is not None or scope.nullable(field.type):
        return "may be absent or null"
    under = scope.under(field.type)
    return "" if under in (None, "str", "uuid") else "is neither a text nor a uuid"


def _check_coalescing(report: Report, scope: Scope) -> None:
    for _, event in scope.events():
        if event.coalesce and event.subject is None:
            report.add(COALESCE_WITHOUT_SUBJECT, event.name.span, name=event.name)


RULES = (
    Rule("An event that is named is the service's own.", (UNKNOWN_EVENT,), _check_names),
    Rule("A tag stands for one event.", (DUPLICATE_TAG,), _check_tags),
    Rule("A subject names an entity.", (ODD_SUBJECT,), _check_subjects),
    Rule("What is coalesced is about an entity.", (COALESCE_WITHOUT_SUBJECT,), _check_coalescing),
)
