"""The names of schemas that the design does not name itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from codegen.model import Design, Union
from codegen.model.names import pascal_case


def variant_names(design: Design) -> dict[tuple[str, str], str]:
    """Name the object that carries one variant and its tag, for each union and tag.

    ``Topping`` and ``jam`` make ``ToppingJam``; a name that is taken gets ``Variant`` behind it.
    """
    taken = set(design.type_by_name)
    names: dict[tuple[str, str], str] = {}
    for union in design.types:
        if isinstance(union, Union):
            for variant in union.variants:
                name = free_name(union.name + pascal_case(variant.tag), taken, "Variant")
                names[union.name, variant.tag] = name
                taken.add(name)
    return names


def event_names(design: Design) -> dict[tuple[str, str], str]:
    """Name what an event says, for each service and event.

    It is the event's own name, unless another service or a type has it too: then the service's
    name stands before it.
    """
    counted = Counter(event.name for service in design.services for event in service.events)
    taken = {*design.type_by_name, *variant_names(design).values()}
    names: dict[tuple[str, str], str] = {}
    for service in design.services:
        for event in service.events:
            name = event.name
            if counted[name] > 1 or name in taken:
                name = free_name(pascal_case(service.name) + name, taken, "Event")
            names[service.name, event.name] = name
            taken.add(name)
    return names


def frame_names(design: Design) -> dict[str, str]:
    """Name the frame that carries an event, for the name of what the event says."""
    events = event_names(design).values()
    taken = {*design.type_by_name, *variant_names(design).values(), *events}
    names: dict[str, str] = {}
    for event in events:
        names[event] = free_name(f"{event}Frame", {*taken, *names.values()}, "Schema")
    return names


def error_name(design: Design) -> str:
    """Name the ordinary error body: ``Error``, unless the design has a type of that name."""
    return free_name("Error", {*design.type_by_name, *variant_names(design).values()}, "Body")


def free_name(name: str, taken: Iterable[str], suffix: str) -> str:
    """Return the name, with the suffix behind it as often as it takes to be free."""
    while name in taken:
        name += suffix
    return name
