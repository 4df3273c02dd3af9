"""``models.py``: the types of a design as pydantic models.

Classes, aliases and annotations come from :mod:`codegen.emit.python.declared`; the names of enum
members, docstrings, and what an absent field means are written here.  A type that one service
needs stands in that service's module.  One that several need stands in ``models.py`` of the output
itself, and the modules of those services have it from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.emit.file import File
from codegen.emit.json_schema import Schemas
from codegen.emit.python.declared import Declaration, Declared, declare
from codegen.emit.python.fields import absence
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import types_of, words
from codegen.emit.python.rendering import render
from codegen.emit.python.types import Annotations, member_name
from codegen.emit.schema_names import variant_names
from codegen.model import Design, Enum, Field, Record, Ref, Union

_SHARED = ""


def emit(design: Design) -> tuple[File, ...]:
    """Write the types of every service."""
    homes = _homes(design)
    schemas = Schemas(design=design).named()
    declared = declare({name: schemas[name] for name in schemas if name in homes})
    _settle(homes, declared)
    notes = _notes(design)
    return tuple(
        _module(design, home, declared, homes, notes)
        for home in (_SHARED, *(service.name for service in design.services))
        if home or _SHARED in homes.values()
    )


@dataclass(frozen=True, slots=True)
class _Note:
    """What the design says of a declaration, beside its type."""

    doc: str
    fields: Mapping[str, Field]
    members: tuple[str, ...] = ()


def _notes(design: Design) -> dict[str, _Note]:
    notes: dict[str, _Note] = {}
    names = variant_names(design)
    for named in design.types:
        fields = named.fields if isinstance(named, Record) else ()
        members = named.values if isinstance(named, Enum) else ()
        notes[named.name] = _Note(named.doc, {each.name: each for each in fields}, members)
    for union in design.types:
        if isinstance(union, Union):
            for variant in union.variants:
                notes[names[union.name, variant.tag]] = _variant_note(design, union, variant.type)
    return notes


def _variant_note(design: Design, union: Union, type_: Ref) -> _Note:
    record = design.type_by_name[type_.name]
    if union.tagging == "adjacent" or not isinstance(record, Record):
        return _Note(f"The choice of ``{record.name}`` in ``{union.name}``.", {})
    return _Note(record.doc, {each.name: each for each in record.fields})


def _homes(design: Design) -> dict[str, str]:
    """Return the module of every type in use: the name of a service, or nothing if shared."""
    needs = {service.name: types_of(design, service) for service in design.services}
    homes: dict[str, str] = {}
    for name in design.type_by_name:
        users = [service for service, needed in needs.items() if name in needed]
        if users:
            homes[name] = users[0] if len(users) == 1 else _SHARED
    for (union, _), name in variant_names(design).items():
        if union in homes:
            homes[name] = homes[union]
    return homes


def _settle(homes: dict[str, str], declared: Declared) -> None:
    """Let what the library named itself live where it is mentioned."""
    for declaration in reversed(declared.declarations):
        for name in declaration.names:
            homes.setdefault(name, homes[declaration.name])


def _module(
    design: Design,
    home: str,
    declared: Declared,
    homes: Mapping[str, str],
    notes: Mapping[str, _Note],
) -> File:
    here = [each for each in declared.declarations if homes[each.name] == home]
    imports = Imports(*(each.name for each in here))
    for name in _borrowed(design, home, declared, homes) if home else ():
        imports.hand_on("..models", name)
    annotations = Annotations(design=design, imports=imports, models="")
    text = render(
        "models",
        doc=f"Types of the {words(home)} service." if home else "Types that services share.",
        declarations=[
            _prepared(each, notes.get(each.name, _Note("", {})), declared, annotations)
            for each in here
        ],
        rebuilt=[each.name for each in here if each.rebuilt],
        imports=imports,
    )
    return File(f"{home}/models.py" if home else "models.py", text)


def _borrowed(
    design: Design, home: str, declared: Declared, homes: Mapping[str, str]
) -> Iterator[str]:
    """Yield the shared names that a service has in its module, those of variants included."""
    [service] = (each for each in design.services if each.name == home)
    needed = types_of(design, service)
    unions = {name: union for (union, _), name in variant_names(design).items()}
    for declaration in declared.declarations:
        name = declaration.name
        if homes[name] == _SHARED and unions.get(name, name) in needed:
            yield name


def _prepared(
    declaration: Declaration, note: _Note, declared: Declared, annotations: Annotations
) -> dict[str, Any]:
    for name in sorted(declaration.names & declared.modules.keys()):
        annotations.imports.add(declared.modules[name], name)
    return {
        "name": declaration.name,
        "base": declaration.base,
        "alias": declaration.alias,
        "doc": note.doc,
        "members": [(member_name(value), value) for value in note.members],
        "fields": list(_fields(declaration, note, annotations)),
    }


def _fields(
    declaration: Declaration, note: _Note, annotations: Annotations
) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield each field: its name, its annotation, what an absent one is, its docstring."""
    for name, annotation in declaration.fields.items():
        if (field := note.fields.get(name)) is None:
            # The tag of a variant, or its value.  A union tells variants apart by the tag, so that
            # only who makes one may leave it out.
            tag = re.fullmatch(r"Literal\[(.*)\]", annotation)
            yield name, annotation, tag and tag[1], ""
        else:
            written, absent = absence(field, annotation, annotations)
            yield name, written, absent, f"{field.doc}{_DEPRECATED if field.deprecated else ''}"


_DEPRECATED = "\n\nDeprecated."
