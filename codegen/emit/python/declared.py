"""Types of a design as pydantic declares them, through datamodel-code-generator.

The library is asked one thing: which class or alias stands for a schema, and which annotation for
each of its properties.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.emit.python.library import ROOT, source

Schema = dict[str, Any]

_NOTES = ("description", "default", "examples", "deprecated")
_OWN_TYPES = {
    ("contentEncoding", "base64"): "runtime.model.Base64",
    ("format", "uri"): "runtime.model.Url",
    ("format", "email"): "runtime.model.Email",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A class, or an alias (which has no ``base``).

    ``fields`` are annotations by name, ``alias`` is what an alias stands for, ``names`` is
    everything that is mentioned, and ``rebuilt`` is whether it names what is declared below it.
    """

    name: str
    base: str = ""
    fields: Mapping[str, str]
    alias: str = ""
    names: frozenset[str]
    rebuilt: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """Declarations in an order that Python can read, and the module of each name they import."""

    declarations: tuple[Declaration, ...]
    modules: Mapping[str, str]


def declare(schemas: Mapping[str, Schema]) -> Declared:
    """Declare a class or an alias for each named JSON Schema.

    References in the schemas are ``#/$defs/<name>``.  Properties are declared as if each were
    required: what an absent one means is not the library's to say.
    """
    tree = ast.parse(source({name: _bare(schema) for name, schema in schemas.items()})).body
    modules = {
        alias.name: node.module or ""
        for node in tree
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    rebuilt = frozenset(
        name.id
        for node in tree
        if isinstance(node, ast.Expr)
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    )
    declarations = (_declaration(node, rebuilt) for node in tree)
    return Declared(tuple(each for each in declarations if each and each.name != ROOT), modules)


def _bare(schema: Schema) -> Schema:
    """Leave of a schema what decides about types, in the library's words."""
    bare = {key: value for key, value in schema.items() if key not in _NOTES}
    for key in ("items", "additionalProperties"):
        if key in bare:
            bare[key] = _bare(bare[key])
    for key in ("allOf", "anyOf", "oneOf"):
        if key in bare:
            bare[key] = [_bare(member) for member in bare[key]]
    if list(bare) == ["allOf"] and len(bare["allOf"]) == 1:
        return dict(bare["allOf"][0])
    if "properties" in bare:
        bare["properties"] = {name: _bare(part) for name, part in bare["properties"].items()}
        bare["required"] = list(bare["properties"])
    if "oneOf" in bare:
        bare["discriminator"] = {"propertyName": "type"}
    for (keyword, value), name in _OWN_TYPES.items():
        if bare.get(keyword) == value:
            del bare[keyword]
            bare["x-python-type"] = name
    if bare.pop("not", None):
        bare["x-python-type"] = "runtime.model.NonNilUUID"
    return bare


def _declaration(node: ast.stmt, rebuilt: frozenset[str]) -> Declaration | None:
    names = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    match node:
        case ast.ClassDef(name=name, bases=[base], body=body):
            fields = {
                each.target.id: ast.unparse(each.annotation)
                for each in body
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
            }
            return Declaration(
                name=name,
                base=ast.unparse(base),
                fields=fields,
                names=names,
                rebuilt=name in rebuilt,
            )
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, alias])):
            return Declaration(
                name=name, fields={}, alias=ast.unparse(alias), names=names, rebuilt=False
            )
        case _:
            return None
