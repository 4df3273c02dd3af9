"""``publisher.py``: which operation and which background work publishes which events."""

from __future__ import annotations

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import event_by_name, words
from codegen.emit.python.rendering import render
from codegen.emit.python.types import Annotations
from codegen.model import Background, Design, Operation, Service
from codegen.model.names import union_name


def emit(design: Design) -> tuple[File, ...]:
    """Write the publisher of every service that has events."""
    return tuple(_module(design, service) for service in design.services if service.events)


def _module(design: Design, service: Service) -> File:
    imports = Imports("PUBLISHER")
    imports.add("typing", "Final")
    work: list[Operation | Background] = [*service.operations, *service.background]
    text = render(
        "publisher",
        doc=f"Which operation of the {words(service.name)} service publishes which events.",
        publisher=imports.add("runtime.events.publisher", "Publisher"),
        union=imports.add(".events", union_name(service.name)),
        stream=service.name,
        events=imports.add(".events", "EVENT_BY_TAG"),
        emits=[
            (item.name, [imports.add(".events", name) for name in item.emits])
            for item in work
            if item.emits
        ],
        fault=_fault(design, service, imports),
        imports=imports,
    )
    return File(f"{service.name}/publisher.py", text)


def _fault(design: Design, service: Service, imports: Imports) -> str:
    """Return the event that stands in for one that cannot be built: the streams' reset."""
    if not service.streams:
        return "None"
    event = event_by_name(service)[service.streams[0].reset]
    [reason] = (field for field in event.fields if field.name == "reason")
    value = Annotations(design=design, imports=imports).value(reason.type, "fault")
    return f"{imports.add('.events', event.name)}(reason={value})"
