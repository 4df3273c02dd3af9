"""Service declarations -> the services of the model."""

from __future__ import annotations

from codegen import model
from codegen.check.declarations import (
    EndpointForm,
    EventForm,
    HeartbeatForm,
    ParameterForm,
    RecordForm,
    RequirementForm,
    ResultForm,
    ServiceForm,
    StreamForm,
)
from codegen.check.freeze.types import freeze_field, freeze_fields, freeze_type, value
from codegen.check.heartbeat import payloads
from codegen.check.inherited import scheme_of, whole_path
from codegen.read.forms import Name


def freeze_service(form: ServiceForm) -> model.Service:
    """Give the model's service, with what its endpoints inherit written into each."""
    return model.Service(
        name=form.name.text,
        path=_text(form.path),
        operations=tuple(_operation(form, endpoint) for endpoint in form.operations()),
        events=tuple(_event(event) for event in form.events),
        streams=tuple(_stream(form, stream) for stream in form.streams),
        background=tuple(
            model.Background(name=work.name.text, emits=_texts(work.emits), doc=work.doc)
            for work in form.background
        ),
        doc=form.doc,
    )


def freeze_requirement(form: RequirementForm | None) -> model.Requirement:
    """Give the model's requirement."""
    assert form is not None
    match form.kind:
        case "anyone":
            return model.Anyone()
        case "signed-in":
            return model.SignedIn()
        case "all":
            return model.RequiresAll(_texts(form.attributes))
        case "any":
            return model.RequiresAny(_texts(form.attributes))


def _operation(service: ServiceForm, form: EndpointForm) -> model.Operation:
    assert form.method is not None
    return model.Operation(
        name=form.name.text,
        method=form.method,
        path=whole_path(service, form.path),
        requires=freeze_requirement(form.requires),
        security=scheme_of(service, form.security, form.requires),
        parameters=tuple(_parameter(parameter) for parameter in form.parameters),
        body=_body(form),
        result=_result(form.result),
        errors=_errors(service, form.errors),
        emits=_texts(form.emits),
        issues=form.issues.text if form.issues else None,
        doc=form.doc,
        deprecated=form.deprecated,
        extensions=form.extensions,
    )


def _parameter(form: ParameterForm) -> model.Parameter:
    return model.Parameter(
        where=form.where, wire_name=form.wire_name.text, field=freeze_field(form.field)
    )


def _body(form: EndpointForm) -> model.Body | None:
    match form.body:
        case None:
            return None
        case RecordForm(name=name):
            return model.Body(type=model.Ref(name.text), required=form.body_required)
        case expression:
            return model.Body(type=freeze_type(expression), required=form.body_required)


def _result(form: ResultForm | None) -> model.Result:
    if form is None:  # an endpoint that issues a ticket
        return model.Result(status=200, content=model.EmptyContent())
    content: model.JsonContent | model.EmptyContent | model.FileContent = model.EmptyContent()
    if form.media_type:
        content = model.FileContent(form.media_type.text)
    elif form.type:
        content = model.JsonContent(freeze_type(form.type))
    return model.Result(
        status=form.status, content=content, doc=form.doc, example=value(form.example)
    )


def _event(form: EventForm) -> model.Event:
    return model.Event(
        name=form.name.text,
        tag=form.tag.text,
        requires=freeze_requirement(form.requires),
        fields=freeze_fields(form.fields),
        subject=form.subject.text if form.subject else None,
        coalesce=form.coalesce,
        doc=form.doc,
        deprecated=form.deprecated,
        extensions=form.extensions,
    )


def _stream(service: ServiceForm, form: StreamForm) -> model.Stream:
    ticket = None
    if form.ticket:
        ticket = model.StreamTicket(
            operation=form.ticket.endpoint.name.text, scheme=_text(form.ticket.scheme)
        )
    return model.Stream(
        name=form.name.text,
        path=whole_path(service, form.path),
        requires=freeze_requirement(form.requires),
        over=form.over,
        sends=_sends(service, form),
        heartbeat=_heartbeat(service, form.heartbeat),
        security=scheme_of(service, form.security, form.requires),
        ticket=ticket,
        reset=_text(form.reset),
        resume=form.resume,
        select=form.select,
        errors=_errors(service, form.errors),
        doc=form.doc,
    )


def _sends(service: ServiceForm, form: StreamForm) -> tuple[str, ...]:
    events = [event.name.text for event in service.events]
    if form.sends is None:
        return tuple(events)
    chosen = {name.text for name in form.sends}
    own = {name.text for name in (form.reset, form.heartbeat and form.heartbeat.event) if name}
    return tuple(event for event in events if event in chosen | own)


def _heartbeat(service: ServiceForm, form: HeartbeatForm | None) -> model.Heartbeat:
    assert form is not None
    event = next(event for event in service.events if event.name.text == form.event.text)
    first, then = payloads(event, form)
    return model.Heartbeat(event=form.event.text, every=form.every, first=first, then=then)


def _errors(service: ServiceForm, own: tuple[Name, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_texts(service.errors), *_texts(own))))


def _texts(names: tuple[Name, ...]) -> tuple[str, ...]:
    return tuple(name.text for name in names)


def _text(name: Name | None) -> str:
    return name.text if name else ""
