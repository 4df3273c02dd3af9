"""``streams.py``: what the streams of a service carry, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import constant, event_by_name, words
from codegen.emit.python.rendering import render
from codegen.emit.python.types import Annotations
from codegen.model import Design, Event, Service, Stream


def emit(design: Design) -> tuple[File, ...]:
    """Write the streams of every service that has any."""
    return tuple(_module(design, service) for service in design.services if service.streams)


def _module(design: Design, service: Service) -> File:
    imports = Imports(*(constant(stream.name) for stream in service.streams))
    annotations = Annotations(design=design, imports=imports)
    text = render(
        "streams",
        doc=f"The streams of the {words(service.name)} service.",
        final=imports.add("typing", "Final"),
        stream_class=imports.add("runtime.monitor.stream", "Stream"),
        heartbeat_class=imports.add("runtime.monitor.stream", "Heartbeat"),
        operations=imports.add(".attributes", "OPERATIONS"),
        events=imports.add(".attributes", "EVENTS"),
        log=service.name,
        streams=[_prepared(stream, service, annotations) for stream in service.streams],
        imports=imports,
    )
    return File(f"{service.name}/streams.py", text)


def _prepared(stream: Stream, service: Service, annotations: Annotations) -> dict[str, Any]:
    imports = annotations.imports
    events = event_by_name(service)
    beat = stream.heartbeat
    return {
        "constant": constant(stream.name),
        "name": stream.name,
        "doc": stream.doc,
        "tags": [events[name].tag for name in stream.sends],
        "coalesce": [repr(events[name].tag) for name in stream.sends if events[name].coalesce],
        "every": float(beat.every),
        "first": _payload(events[beat.event], beat.first, annotations),
        "then": _payload(events[beat.event], beat.then, annotations),
        "reset": imports.add(".events", stream.reset),
        "resume": stream.resume,
        "select": [repr(each) for each in stream.select],
        "ticket": imports.add(".security", constant(stream.ticket.scheme))
        if stream.ticket
        else None,
    }


def _payload(event: Event, payload: Mapping[str, Any], annotations: Annotations) -> str:
    name = annotations.imports.add(".events", event.name)
    types = {field.name: field.type for field in event.fields}
    arguments = (f"{key}={annotations.value(types[key], value)}" for key, value in payload.items())
    return f"{name}({', '.join(arguments)})"
