"""``__init__.py`` of every package of the output."""

from __future__ import annotations

from codegen.emit.file import File
from codegen.emit.python.parts import words
from codegen.emit.python.text import docstring
from codegen.model import Design


def emit(design: Design) -> tuple[File, ...]:
    """Write the packages that hold the other files."""
    title = f"{design.api.title} {design.api.version}"
    packages = {
        "": f"{title}, generated from the design: do not edit.",
        "clients/": f"Clients of {title}.",
        "clients/python/": f"Clients in Python of {title}.",
    }
    for service in design.services:
        packages[f"{service.name}/"] = f"The {words(service.name)} service, as the design has it."
    return tuple(
        File(f"{path}__init__.py", docstring(doc) + "\n") for path, doc in packages.items()
    )
