"""Services and their endpoints, events and background work."""

from __future__ import annotations

from codegen.check.catalogue.operations import WHICH_METHOD
from codegen.check.declarations import (
    BackgroundForm,
    EndpointForm,
    EventForm,
    RecordForm,
    ServiceForm,
)
from codegen.check.declare.basics import key_name, requirement
from codegen.check.declare.expressions import expression
from codegen.check.declare.fields import fields, parameters
from codegen.check.declare.results import result
from codegen.check.declare.streams import stream
from codegen.check.names import (
    BACKGROUND,
    EVENT,
    EVENT_FIELD,
    OPERATION,
    SERVICE,
    TAG,
    check_name,
)
from codegen.check.report import Report
from codegen.check.shape import Taken, take
from codegen.check.shapes import BACKGROUND as BACKGROUND_SHAPE
from codegen.check.shapes import ENDPOINT, METHODS
from codegen.check.shapes import EVENT as EVENT_SHAPE
from codegen.check.shapes import SERVICE as SERVICE_SHAPE
from codegen.model.names import pascal_case, snake_case
from codegen.model.operations import Method
from codegen.read import Entry, MappingNode
from codegen.read.forms import Name, TypeForm

_METHODS: dict[str, Method] = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
}


def service(report: Report, entry: Entry) -> ServiceForm:
    """Read one of ``services``."""
    name = key_name(entry)
    check_name(report, name, SERVICE)
    taken = take(report, SERVICE_SHAPE, name.span, entry.value)
    return ServiceForm(
        name=name,
        path=taken.name("path"),
        security=taken.name("security"),
        errors=taken.names("errors"),
        endpoints=tuple(_endpoint(report, e) for e in taken.entries("endpoints")),
        events=tuple(_event(report, e) for e in taken.entries("events")),
        streams=tuple(stream(report, e) for e in taken.entries("streams")),
        background=tuple(_background(report, e) for e in taken.entries("background")),
        doc=taken.text("doc"),
    )


def _endpoint(report: Report, entry: Entry) -> EndpointForm:
    name = key_name(entry)
    check_name(report, name, OPERATION)
    taken = take(report, ENDPOINT, name.span, entry.value)
    method, path = _route(report, taken, name)
    body = taken.node("body")
    return EndpointForm(
        name=name,
        method=method,
        path=path,
        requires=requirement(report, taken, name),
        security=taken.name("security"),
        parameters=parameters(report, taken),
        body=_body(report, taken, name),
        body_span=body.span if body else taken.keys.get("body_required"),
        body_required=taken.flag("body_required", default=True),
        result=result(report, taken),
        errors=taken.names("errors"),
        emits=taken.names("emits"),
        issues=taken.name("issues"),
        doc=taken.text("doc"),
        deprecated=taken.flag("deprecated"),
        extensions=taken.extensions(),
    )


def _route(report: Report, taken: Taken, name: Name) -> tuple[Method | None, Name | None]:
    given = [method for method in METHODS if taken.node(method) is not None]
    if len(given) != 1:
        report.add(WHICH_METHOD, name.span, name=name, how="more than one" if given else "no")
        return None, None
    return _METHODS[given[0]], taken.name(given[0])


def _body(report: Report, taken: Taken, name: Name) -> TypeForm | RecordForm | None:
    node = taken.node("body")
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        return expression(report, "the body", node)
    record = Name(f"{pascal_case(name.text)}Body", name.span)
    return RecordForm(name=record, fields=fields(report, node))


def _event(report: Report, entry: Entry) -> EventForm:
    name = key_name(entry)
    check_name(report, name, EVENT)
    taken = take(report, EVENT_SHAPE, name.span, entry.value)
    tag = taken.name("tag")
    if tag:
        check_name(report, tag, TAG)
    return EventForm(
        name=name,
        tag=tag or Name(snake_case(name.text), name.span),
        requires=requirement(report, taken, name),
        fields=fields(report, taken.node("fields"), EVENT_FIELD),
        subject=taken.name("subject"),
        coalesce=taken.flag("coalesce"),
        doc=taken.text("doc"),
        deprecated=taken.flag("deprecated"),
        extensions=taken.extensions(),
    )


def _background(report: Report, entry: Entry) -> BackgroundForm:
    name = key_name(entry)
    check_name(report, name, BACKGROUND)
    taken = take(report, BACKGROUND_SHAPE, name.span, entry.value)
    return BackgroundForm(name=name, emits=taken.names("emits"), doc=taken.text("doc"))
