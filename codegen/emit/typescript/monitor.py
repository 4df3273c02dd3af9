"""``monitor.ts``: one class a stream."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.emit.stream_inputs import sent_events
from codegen.emit.typescript.declarations import interface
from codegen.emit.typescript.layout import (
    comment,
    fits,
    imported,
    listed,
    literal,
    property_of,
    typed,
)
from codegen.emit.typescript.rendering import banner, render
from codegen.emit.words import camel
from codegen.model import Design, Service, Stream
from codegen.model.names import pascal_case, union_name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """What the template says of one stream, line by line."""

    name: str
    doc: str
    tags: str
    event_doc: str
    event: str
    route: str
    fields: list[str]
    ticket: list[str]
    options: str
    selection: list[str]


def monitor_text(design: Design) -> str:
    """Return the text of ``monitor.ts``."""
    pairs = [(service, stream) for service in design.services for stream in service.streams]
    events = {f"type {union_name(service.name)}" for service, _ in pairs}
    machinery = {"EventStream", "type StreamOptions", "type StreamRoute"}
    return render(
        "monitor",
        banner=banner("The streams", design),
        imports=[imported(events, "./events.js"), imported(machinery, "./stream.js")],
        streams=[_watched(stream, service, design) for service, stream in pairs],
    )


def _watched(stream: Stream, service: Service, design: Design) -> _Watched:
    name = pascal_case(service.name) + pascal_case(stream.name)
    tags = [literal(event.tag) for event in sent_events(stream, service)]
    return _Watched(
        name=name,
        doc=comment(f"{stream.doc.strip()}\n\n{_USE.format(name=name)}".strip()),
        tags=listed(f"const {camel(name)}Tags = [", tags, "] as const;"),
        event_doc=comment(f"An event of the stream {stream.name} of {service.name}."),
        event=_event(name, union_name(service.name)),
        route=camel(name),
        fields=_fields(stream, name),
        ticket=_ticket(stream, service, design),
        options=_options(stream, name),
        selection=[_SELECTION[each] for each in stream.select],
    )


_USE = "`for await (const {{ event }} of new {name}({{ baseUrl, token }}))` watches it."

_SELECTION = {
    "types": 'types: options.types?.join(",")',
    "subject": "subject: options.subject",
}


def _event(name: str, everything: str) -> str:
    """Pick the stream's events from the service's."""
    picked = f"{{ type: (typeof {camel(name)}Tags)[number] }}"
    line = f"export type {name}Event = Extract<{everything}, {picked}>;"
    if fits(line):
        return line
    return f"export type {name}Event = Extract<\n\t{everything},\n\t{picked}\n>;"


def _fields(stream: Stream, name: str) -> list[str]:
    return [
        property_of("\t", "path", literal(stream.path)),
        listed("over: [", map(literal, stream.over), "],", "\t"),
        f"\ttags: new Set({camel(name)}Tags),",
        f"\theartbeatSeconds: {stream.heartbeat.every:g},",
        f"\tresume: {literal(stream.resume)},",
    ]


def _ticket(stream: Stream, service: Service, design: Design) -> list[str]:
    if not stream.ticket:
        return []
    asked = next(each for each in service.operations if each.name == stream.ticket.operation)
    cookie = design.scheme_by_name[stream.ticket.scheme].cookie or ""
    said = {"method": asked.method, "path": asked.path, "cookie": cookie}
    return [property_of("\t\t", name, literal(value)) for name, value in said.items()]


def _options(stream: Stream, name: str) -> str:
    """Declare what the stream lets a client choose, if anything."""
    options = []
    if "types" in stream.select:
        parts = (f'readonly {name}Event["type"][]', "undefined")
        options.append("\t/** The tags of the events wanted; all of them when absent. */")
        options.append(typed("\t", "readonly types?", parts))
    if "subject" in stream.select:
        options.append("\t/** Whose events are wanted; everybody's when absent. */")
        options.append("\treadonly subject?: string | undefined;")
    doc = "How to watch the stream, and how much of it."
    return interface(f"{name}Options", options, doc, "StreamOptions") if options else ""
