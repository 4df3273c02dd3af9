"""``attributes.py``: who may do and see what."""

from __future__ import annotations

from typing import assert_never

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import words
from codegen.emit.python.rendering import render
from codegen.model import (
    Anyone,
    Design,
    Operation,
    Requirement,
    RequiresAll,
    RequiresAny,
    Service,
    SignedIn,
    Stream,
)

_RUNTIME = "runtime.auth.attributes"


def emit(design: Design) -> tuple[File, ...]:
    """Write the attribute map of every service."""
    return tuple(_module(design, service) for service in design.services)


def _module(design: Design, service: Service) -> File:
    imports = Imports("ATTRIBUTES", "OPERATIONS", "EVENTS")
    for module, name in (
        ("collections.abc", "Mapping"),
        ("typing", "Final"),
        (_RUNTIME, "Requirement"),
    ):
        imports.add(module, name)
    operations: list[Operation | Stream] = [*service.operations, *service.streams]
    text = render(
        "attributes",
        doc=f"Who may do and see what in the {words(service.name)} service.",
        attributes=sorted(design.attributes, key=lambda attribute: attribute.name),
        operations=[(item.name, _requirement(item.requires, imports)) for item in operations],
        events=[(event.tag, _requirement(event.requires, imports)) for event in service.events],
        imports=imports,
    )
    return File(f"{service.name}/attributes.py", text)


def _requirement(requirement: Requirement, imports: Imports) -> str:
    match requirement:
        case Anyone():
            return imports.add(_RUNTIME, "ANYONE")
        case SignedIn():
            return imports.add(_RUNTIME, "SIGNED_IN")
        case RequiresAll(names):
            function = imports.add(_RUNTIME, "all_of")
        case RequiresAny(names):
            function = imports.add(_RUNTIME, "any_of")
        case _:
            assert_never(requirement)
    return f"{function}({', '.join(map(repr, names))})"
