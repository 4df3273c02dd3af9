"""A field of a record or an event as an annotated attribute of a pydantic model.

::

    name: T                                                  it must be there
    name: Annotated[T | None, Field(exclude_if=is_none)] = None      it may be left out
    name: Maybe[T | None] = ABSENT                           it may be left out, or be null
    name: T = default                                        what an absent one means
"""

from __future__ import annotations

from codegen.emit.python.types import Annotations, optional_kind
from codegen.model import Field

_RUNTIME = "runtime.model"


def field_annotation(field: Field, annotations: Annotations) -> tuple[str, str | None]:
    """Return the annotation of a field, and what an absent one is (``None``: it must be there)."""
    return absence(field, annotations.strict(field.type), annotations)


def absence(field: Field, annotation: str, annotations: Annotations) -> tuple[str, str | None]:
    """Return an annotation, and the value of an absent field, so that absence is what it says."""
    imports = annotations.imports
    match optional_kind(field):
        case "omitted":
            marker = f"exclude_if={imports.add(_RUNTIME, 'is_none')}"
            name = f"{imports.add('typing', 'Annotated')}[{annotation} | None, "
            return f"{name}{imports.add('pydantic', 'Field')}({marker})]", "None"
        case "absent":
            name = imports.add(_RUNTIME, "Maybe")
            return f"{name}[{annotation}]", imports.add(_RUNTIME, "ABSENT")
        case "default":
            return annotation, annotations.value(field.type, field.default)
        case _:
            return annotation, None
