"""Who needs what: a table for people, and for those who set up an identity provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.emit.document import json_text
from codegen.emit.file import File
from codegen.emit.prose import first_sentence
from codegen.emit.rights import attributes_of, requirement_words
from codegen.model import Anyone, Design, Requirement, SignedIn


@dataclass(frozen=True, slots=True)
class Guarded:
    """Something that a requirement opens, as the table shows it.

    ``kind`` is the list in which it stands: ``operations``, ``streams`` or ``events``.
    """

    kind: str
    requires: Requirement
    row: dict[str, Any]


def emit(design: Design) -> tuple[File, ...]:
    """Write ``attributes.json``."""
    return (File("attributes.json", json_text(attribute_table(design))),)


def attribute_table(design: Design) -> dict[str, Any]:
    """Return what each attribute opens, and what is open without one."""
    guarded = list(_guarded(design))
    return {
        "title": design.api.title,
        "version": design.api.version,
        "attributes": [
            {
                "name": attribute.name,
                "doc": attribute.doc,
                **_lists([g for g in guarded if attribute.name in attributes_of(g.requires)]),
            }
            for attribute in design.attributes
        ],
        "signed-in": _lists([g for g in guarded if isinstance(g.requires, SignedIn)]),
        "anyone": _lists([g for g in guarded if isinstance(g.requires, Anyone)]),
    }


def _guarded(design: Design) -> Iterator[Guarded]:
    for service in design.services:
        for o in service.operations:
            row = {"service": service.name, "name": o.name, "method": o.method, "path": o.path}
            yield Guarded("operations", o.requires, _row(row, o.doc, o.requires))
        for stream in service.streams:
            row = {"service": service.name, "name": stream.name, "path": stream.path}
            yield Guarded("streams", stream.requires, _row(row, stream.doc, stream.requires))
        for event in service.events:
            row = {"service": service.name, "name": event.name, "tag": event.tag}
            yield Guarded("events", event.requires, _row(row, event.doc, event.requires))


def _row(row: dict[str, Any], doc: str, requirement: Requirement) -> dict[str, Any]:
    if doc:
        row["doc"] = first_sentence(doc)
    if len(attributes_of(requirement)) > 1:
        # One attribute alone is told by where the row stands; of several it matters how many.
        row["requires"] = requirement_words(requirement)
    return row


def _lists(guarded: list[Guarded]) -> dict[str, list[dict[str, Any]]]:
    kinds = ("operations", "streams", "events")
    return {kind: [g.row for g in guarded if g.kind == kind] for kind in kinds}
