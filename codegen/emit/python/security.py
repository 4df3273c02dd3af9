"""``security.py``: the tickets that a service issues and honours."""

from __future__ import annotations

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import constant, ticket_schemes, words
from codegen.emit.python.rendering import render
from codegen.model import Design, Service


def emit(design: Design) -> tuple[File, ...]:
    """Write the tickets of every service that has any."""
    modules = (_module(design, service) for service in design.services)
    return tuple(module for module in modules if module)


def _module(design: Design, service: Service) -> File | None:
    schemes = ticket_schemes(design, service)
    if not schemes:
        return None
    imports = Imports(*(constant(scheme.name) for scheme in schemes))
    text = render(
        "security",
        doc=f"The tickets of the {words(service.name)} service.",
        final=imports.add("typing", "Final"),
        scheme_class=imports.add("runtime.auth.tickets.ticket", "TicketScheme"),
        schemes=[(constant(scheme.name), scheme) for scheme in schemes],
        imports=imports,
    )
    return File(f"{service.name}/security.py", text)
