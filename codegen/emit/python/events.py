"""``events.py``: the events of a service, their tags, and the type of them all."""

from __future__ import annotations

from typing import Any

from codegen.emit.file import File
from codegen.emit.python.fields import field_annotation
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import constant, words
from codegen.emit.python.rendering import render
from codegen.emit.python.types import Annotations, tuple_of
from codegen.model import Design, Event, Service
from codegen.model.names import union_name


def emit(design: Design) -> tuple[File, ...]:
    """Write the events of every service that has any."""
    return tuple(_module(design, service) for service in design.services if service.events)


def _module(design: Design, service: Service) -> File:
    names = [event.name for event in service.events]
    tags = [constant(name) for name in names]
    imports = Imports(*names, *tags, union_name(service.name), "EVENT_BY_TAG")
    for name in ("ClassVar", "Final", "Literal", "TypeAlias"):
        imports.add("typing", name)
    imports.add("collections.abc", "Mapping")
    annotations = Annotations(design=design, imports=imports)
    text = render(
        "events",
        doc=f"Events of the {words(service.name)} service.",
        base=imports.add("runtime.events.event", "Event"),
        union=union_name(service.name),
        classes=tuple_of(names),
        events=[_prepared(event, annotations) for event in service.events],
        imports=imports,
    )
    return File(f"{service.name}/events.py", text)


def _prepared(event: Event, annotations: Annotations) -> dict[str, Any]:
    doc = event.doc or f"The event ``{event.tag}``."
    return {
        "name": event.name,
        "constant": constant(event.name),
        "tag": event.tag,
        "subject": event.subject,
        "doc": f"{doc}\n\nDeprecated." if event.deprecated else doc,
        "fields": [(field, *field_annotation(field, annotations)) for field in event.fields],
    }
