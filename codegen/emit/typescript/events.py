"""``events.ts``: what each event says, and each service's events as one union."""

from __future__ import annotations

from codegen.emit.rights import requirement_sentence
from codegen.emit.schema_names import event_names
from codegen.emit.typescript.declarations import deprecated, interface, member
from codegen.emit.typescript.layout import comment, fits, literal, property_of
from codegen.emit.typescript.rendering import banner
from codegen.model import Design, Event, Service
from codegen.model.names import union_name

_UNREACHABLE = """\
/** Proves to the compiler that every event has been dealt with. */
export function unreachable(event: never): never {
\tthrow new Error(`an event that nobody expects: ${JSON.stringify(event)}`);
}
"""


def events_text(design: Design) -> str:
    """Return the text of ``events.ts``."""
    names = event_names(design)
    blocks: list[str] = []
    for service in design.services:
        if service.events:
            blocks += [_payload(event, names[service.name, event.name]) for event in service.events]
            blocks += [_tags(service), _union(service, names)]
    uses_types = any("types." in block for block in blocks)
    imports = ['import type * as types from "./types.js";\n'] if uses_types else []
    return "\n".join([banner("The events", design), *imports, *blocks, _UNREACHABLE])


def _payload(event: Event, name: str) -> str:
    doc = f"{event.doc.strip()}\n\n{requirement_sentence(event.requires)}".strip()
    members = [member(field) for field in event.fields]
    return interface(name, members, deprecated(doc, is_deprecated=event.deprecated))


def _tags(service: Service) -> str:
    lines = [property_of("\t", event.name, literal(event.tag)) for event in service.events]
    head = f"export const {union_name(service.name)}Tags = {{\n"
    doc = f"The tags of the events of {service.name}, by their names in the design."
    return comment(doc) + head + "".join(f"{line}\n" for line in lines) + "} as const;\n"


def _union(service: Service, names: dict[tuple[str, str], str]) -> str:
    choices = [_choice(event, names[service.name, event.name]) for event in service.events]
    doc = f"An event of {service.name}; `switch (event.type)` tells which."
    head = f"export type {union_name(service.name)} ="
    if len(choices) == 1:
        return f"{comment(doc)}{head} {choices[0].removeprefix('| ')};\n"
    return f"{comment(doc)}{head}\n" + "\n".join(f"\t{choice}" for choice in choices) + ";\n"


def _choice(event: Event, name: str) -> str:
    tag = literal(event.tag)
    line = f"| {{ type: {tag}; value: {name} }}"
    if fits(f"\t{line};"):
        return line
    return f"| {{\n\t\t\ttype: {tag};\n\t\t\tvalue: {name};\n\t  }}"
