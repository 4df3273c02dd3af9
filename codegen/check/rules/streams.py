"""Streams can be kept alive, resumed and narrowed as they say."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.check.catalogue.events import (
    HEARTBEAT_MISFIT,
    HIDDEN_EVENT,
    OPEN_STREAM_TICKET,
    RESET_REASONS,
    RESET_WITHOUT_REASON,
    SELECT_WITHOUT_SUBJECT,
    SEVERAL_RESETS,
)
from codegen.check.declarations import (
    EnumForm,
    EventForm,
    FieldForm,
    HeartbeatForm,
    RecordForm,
    RequirementForm,
    ServiceForm,
    StreamForm,
)
from codegen.check.diagnostics import Note
from codegen.check.fitting import misfits_of_record
from codegen.check.heartbeat import payloads
from codegen.check.report import Report
from codegen.check.rules.rule import Rule
from codegen.check.scope import Scope
from codegen.check.suggest import listing
from codegen.read.forms import Name

# What a running stream may have to say when it cannot honour a position.
RESET_REASON_WORDS = ("expired", "other_epoch", "future", "malformed", "fault")


def _streams(scope: Scope) -> Iterator[tuple[ServiceForm, StreamForm]]:
    for service in scope.forms.services:
        for stream in service.streams:
            yield service, stream


def _event(service: ServiceForm, name: Name | None) -> EventForm | None:
    if name is None:
        return None
    return next((event for event in service.events if event.name.text == name.text), None)


def _check_heartbeats(report: Report, scope: Scope) -> None:
    for service, stream in _streams(scope):
        beat = stream.heartbeat
        event = _event(service, beat.event if beat else None)
        if beat is not None and event is not None:
            _check_payloads(report, scope, event, beat)


def _check_payloads(report: Report, scope: Scope, event: EventForm, beat: HeartbeatForm) -> None:
    record = RecordForm(name=event.name, fields=event.fields)
    for payload in (beat.first, beat.then):
        if payload is not None:
            for misfit in misfits_of_record(scope, record, payload):
                report.add(HEARTBEAT_MISFIT, misfit.span, help=misfit.help, problem=misfit.problem)
    if beat.first is None and beat.then is None:
        said, _ = payloads(event, beat)
        missing = [f.name.text for f in event.fields if _required(f) and f.name.text not in said]
        if missing:
            problem = f"nothing is said for {listing(missing)}"
            help = "write `first:` and `then:`, each with the fields of the event"
            report.add(HEARTBEAT_MISFIT, beat.event.span, help=help, problem=problem)


def _required(field: FieldForm) -> bool:
    return not field.optional and field.default is None


def _check_resets(report: Report, scope: Scope) -> None:
    for service, stream in _streams(scope):
        event = _event(service, stream.reset)
        if event is None or stream.reset is None:
            continue
        reason = next((f for f in event.fields if f.name.text == "reason"), None)
        others = [f.name.text for f in event.fields if f is not reason and _required(f)]
        if reason is None or others:
            problem = f"also needs {listing(others)}" if reason else "has no field `reason`"
            report.add(RESET_WITHOUT_REASON, stream.reset.span, name=event.name, problem=problem)
        else:
            _check_reason(report, scope, stream.reset, event, reason)


def _check_one_reset(report: Report, scope: Scope) -> None:
    for service in scope.forms.services:
        first: StreamForm | None = None
        for stream in service.streams:
            if stream.reset is None:
                continue
            first = first or stream
            if first.reset and first.reset.text != stream.reset.text:
                report.add(
                    SEVERAL_RESETS,
                    stream.reset.span,
                    notes=(Note(first.reset.span, "the other one"),),
                    name=stream.name,
                    reset=stream.reset,
                    other=first.name,
                    first=first.reset,
                )


def _check_reason(
    report: Report, scope: Scope, reset: Name, event: EventForm, reason: FieldForm
) -> None:
    under = scope.under(reason.type)
    if isinstance(under, EnumForm):
        values = {value.text for value in under.values}
        missing = [word for word in RESET_REASON_WORDS if word not in values]
        if missing:
            name, words = under.name, listing(missing)
            report.add(RESET_REASONS, under.name.span, name=name, missing=words)
    elif under not in (None, "str"):
        problem = "has a `reason` that is neither a text nor an enum"
        report.add(RESET_WITHOUT_REASON, reset.span, name=event.name, problem=problem)


def _check_sight(report: Report, scope: Scope) -> None:
    for service, stream in _streams(scope):
        names = (stream.heartbeat.event if stream.heartbeat else None, stream.reset)
        for name in names:
            event = _event(service, name)
            if event and event.requires and not _covers(stream.requires, event.requires):
                span = event.requires.span
                report.add(HIDDEN_EVENT, span, name=event.name, stream=stream.name)


def _covers(stream: RequirementForm | None, event: RequirementForm) -> bool:
    """Whether everybody who may watch the stream may see the event."""
    if stream is None or event.kind == "anyone":
        return True
    if event.kind == "signed-in":
        return stream.kind != "anyone"
    words = [(form.kind, [name.text for name in form.attributes]) for form in (stream, event)]
    return words[0] == words[1]


def _check_selection(report: Report, scope: Scope) -> None:
    for service, stream in _streams(scope):
        chosen = None if stream.sends is None else {name.text for name in stream.sends}
        sent = [e for e in service.events if chosen is None or e.name.text in chosen]
        if "subject" in stream.select and not any(event.subject for event in sent):
            report.add(SELECT_WITHOUT_SUBJECT, stream.name.span)


def _check_tickets(report: Report, scope: Scope) -> None:
    for _, stream in _streams(scope):
        if stream.ticket and stream.requires and stream.requires.kind == "anyone":
            report.add(OPEN_STREAM_TICKET, stream.ticket.endpoint.name.span)


RULES = (
    Rule("A heartbeat says what its event holds.", (HEARTBEAT_MISFIT,), _check_heartbeats),
    Rule(
        "The streams of a service are reset by one event.",
        (SEVERAL_RESETS,),
        _check_one_reset,
    ),
    Rule(
        "A stream can say that a position is lost, and why.",
        (RESET_WITHOUT_REASON, RESET_REASONS),
        _check_resets,
    ),
    Rule("Everybody on a stream sees heartbeat and reset.", (HIDDEN_EVENT,), _check_sight),
    Rule("What can be selected is there.", (SELECT_WITHOUT_SUBJECT,), _check_selection),
    Rule("A ticket stands for a right.", (OPEN_STREAM_TICKET,), _check_tickets),
)
