"""The AsyncAPI 3.1 document: what every stream carries, event by event."""

from __future__ import annotations

from typing import Any

from codegen.emit.document import document_files
from codegen.emit.file import File
from codegen.emit.json_schema import Schema, Schemas, plain, tagged
from codegen.emit.prose import described, first_sentence, wrapped
from codegen.emit.references import used
from codegen.emit.rights import requirement_sentence, requirement_words
from codegen.emit.schema_names import event_names, frame_names
from codegen.emit.stream_inputs import sent_events, stream_inputs
from codegen.model import Design, Event, SecurityScheme, Service, Stream
from codegen.model.names import operation_id

_SCHEMAS = "#/components/schemas/"
_WIDTH = 90


def emit(design: Design) -> tuple[File, ...]:
    """Write ``asyncapi.json`` and ``asyncapi.yaml``."""
    return document_files("asyncapi", asyncapi_document(design))


def asyncapi_document(design: Design) -> dict[str, Any]:
    """Return the AsyncAPI document of a design."""
    names, frame_of = event_names(design), frame_names(design)
    streams = [(service, stream) for service in design.services for stream in service.streams]
    messages: dict[str, Any] = {}
    frames: dict[str, Schema] = {}
    for service, stream in streams:
        for event in sent_events(stream, service):
            name = names[service.name, event.name]
            messages[name] = _message(event, frame_of[name], stream)
            frames[frame_of[name]] = _frame(event, name)
    return {
        "asyncapi": "3.1.0",
        "info": _info(design),
        "defaultContentType": "application/json",
        "channels": {
            operation_id(s.name, t.name): _channel(t, s, design, names) for s, t in streams
        },
        "operations": {operation_id(s.name, t.name): _operation(t, s, names) for s, t in streams},
        "components": {
            "messages": messages,
            "schemas": {**_types(design, names, frames), **frames},
            "securitySchemes": {s.name: _security_scheme(s) for s in design.security},
        },
    }


def _info(design: Design) -> dict[str, Any]:
    info = {"title": design.api.title, "version": design.api.version}
    return info | ({"description": design.api.doc.strip()} if design.api.doc else {})


def _channel(
    stream: Stream, service: Service, design: Design, names: dict[tuple[str, str], str]
) -> dict[str, Any]:
    sent = [names[service.name, event.name] for event in sent_events(stream, service)]
    channel: dict[str, Any] = {"address": stream.path, "title": stream.name}
    if stream.doc:
        channel["description"] = stream.doc.strip()
    channel["messages"] = {name: {"$ref": f"#/components/messages/{name}"} for name in sent}
    channel["tags"] = [{"name": service.name}]
    if "websocket" in stream.over:
        channel["bindings"] = {"ws": _websocket(stream, service, design)}
    return channel


def _websocket(stream: Stream, service: Service, design: Design) -> dict[str, Any]:
    query: dict[str, Schema] = {}
    headers: dict[str, Schema] = {}
    for given in stream_inputs(stream, service):
        where = query if given.where == "query" else headers
        where[given.name] = {**given.schema, "description": given.doc}
    if stream.ticket:
        scheme = design.scheme_by_name[stream.ticket.scheme]
        doc = f"Holds the ticket, in `{scheme.cookie}`; without one, a bearer token is needed."
        headers["Cookie"] = {"type": "string", "description": doc}
    binding: dict[str, Any] = {"method": "GET"}
    if query:
        binding["query"] = {"type": "object", "properties": query}
    if headers:
        binding["headers"] = {"type": "object", "properties": headers}
    return binding | {"bindingVersion": "0.1.0"}


def _operation(
    stream: Stream, service: Service, names: dict[tuple[str, str], str]
) -> dict[str, Any]:
    channel = f"#/channels/{operation_id(service.name, stream.name)}"
    events = {event.name: event for event in service.events}
    made: dict[str, Any] = {"action": "send", "channel": {"$ref": channel}}
    if stream.doc:
        made["summary"] = first_sentence(stream.doc)
    made["description"] = _behaviour(stream, service, events)
    schemes = (stream.security, stream.ticket.scheme if stream.ticket else None)
    made["security"] = [{"$ref": f"#/components/securitySchemes/{s}"} for s in schemes if s]
    made["tags"] = [{"name": service.name}]
    made["messages"] = [
        {"$ref": f"{channel}/messages/{names[service.name, event.name]}"}
        for event in sent_events(stream, service)
    ]
    if "sse" in stream.over:
        made["bindings"] = {"http": {"method": "GET", "bindingVersion": "0.3.0"}}
    return made | _extensions(stream, events)


def _behaviour(stream: Stream, service: Service, events: dict[str, Event]) -> str:
    """Say how the stream behaves, one paragraph a subject."""
    beat = events[stream.heartbeat.event].tag
    said = [
        requirement_sentence(stream.requires),
        f"Each frame holds one event. `{beat}` is the first, and comes again "
        f"every {stream.heartbeat.every:g} seconds.",
    ]
    if stream.ticket:
        asked = next(o for o in service.operations if o.name == stream.ticket.operation)
        said.append(
            f"Who cannot send a header asks for a ticket first: `{asked.method} {asked.path}` "
            "answers with a cookie that opens the stream once."
        )
    if stream.resume:
        said.append(
            "Frames carry an `id`. A client that comes back with its last one gets what it "
            "missed, and then what is new."
        )
    said.append(
        f"`{events[stream.reset].tag}` says that nothing can be continued: load everything "
        "again. Its `id` is the new position."
    )
    return "\n".join(wrapped("\n\n".join(said), _WIDTH))


def _extensions(stream: Stream, events: dict[str, Event]) -> dict[str, Any]:
    heartbeat = stream.heartbeat
    made: dict[str, Any] = {
        "x-requires": requirement_words(stream.requires),
        "x-over": list(stream.over),
        "x-heartbeat": {
            "tag": events[heartbeat.event].tag,
            "seconds": heartbeat.every,
            "first": plain(heartbeat.first),
            "then": plain(heartbeat.then),
        },
        "x-resume": stream.resume,
        "x-reset": events[stream.reset].tag,
    }
    if stream.ticket:
        made["x-ticket"] = {"operation": stream.ticket.operation, "scheme": stream.ticket.scheme}
    return made


def _message(event: Event, frame: str, stream: Stream) -> dict[str, Any]:
    made: dict[str, Any] = {"name": event.tag, "title": event.name}
    made |= described(event.doc)
    made["payload"] = {"$ref": _SCHEMAS + frame}
    if event.name == stream.heartbeat.event:
        beats = (("first", stream.heartbeat.first), ("then", stream.heartbeat.then))
        made["examples"] = [
            {"name": name, "payload": {"value": {"type": event.tag, "value": plain(payload)}}}
            for name, payload in beats
        ]
    made["x-requires"] = requirement_words(event.requires)
    if event.subject:
        made["x-subject"] = event.subject
    if event.coalesce:
        made["x-coalesce"] = True
    return made


def _frame(event: Event, name: str) -> Schema:
    """Return the schema of a frame: what every message of a stream looks like on the wire."""
    position = "The position up to which this connection has been served."
    return {
        "type": "object",
        "properties": {
            "value": tagged(event.tag, {"$ref": _SCHEMAS + name}),
            "id": {"type": "string", "description": position},
        },
        "required": ["value"],
    }


def _types(
    design: Design, names: dict[tuple[str, str], str], frames: dict[str, Schema]
) -> dict[str, Schema]:
    schemas = Schemas(design=design, refs=_SCHEMAS)
    types = schemas.named()
    for service in design.services:
        for event in service.events:
            types[names[service.name, event.name]] = schemas.payload(event)
    return used(types, _SCHEMAS, frames)


def _security_scheme(scheme: SecurityScheme) -> dict[str, Any]:
    if scheme.scheme == "bearer":
        return {"type": "http", "scheme": "bearer"}
    description = scheme.doc or f"A ticket for one connection, good for {scheme.ttl} seconds."
    return {
        "type": "httpApiKey",
        "in": "cookie",
        "name": scheme.cookie,
        "description": description,
    }
