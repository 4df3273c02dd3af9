"""Types of a design as pydantic declares them, through datamodel-code-generator.

The library is asked one thing: which class or alias stands for a schema, and which annotation for
each of its properties.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from codegen.emit.python.library import ROOT, source

Schema = dict[str, Any]

_NOTES = ("description", "default", "examples", "deprecated")
# The library writes a class of pydantic's for a format; the runtime has one of its own instead.
_OURS = {
    "AwareDatetime": "DateTime",
    "Base64Str": "Base64",
    "EmailStr": "Email",
    "SecretStr": "Url",
    "StrictFloat": "Float64",
    "StrictInt": "Int64",
    "UUID1": "NonNilUUID",
    "date": "Date",
}
# Where it has none, or one that drops bounds, it is asked for another that stands in.
_STAND_INS = {
    ("contentEncoding", "base64"): "byte",
    ("format", "uri"): "password",
}
_NON_NIL = "uuid1"
# Inside another type the library gives these a name of its own, which may be taken already.
_BOUNDS = frozenset("maximum maxItems maxLength minimum minItems minLength pattern".split())


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
    parts = _Parts(schemas)
    text = source({name: _bare(schema, parts) for name, schema in schemas.items()} | parts.schemas)
    imports = _Imports()
    tree = parts.put_back(imports.visit(ast.parse(text))).body
    rebuilt = frozenset(
        name.id
        for node in tree
        if isinstance(node, ast.Expr)
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    )
    declarations = (_declaration(node, rebuilt) for node in tree)
    return Declared(
        tuple(each for each in declarations if each and each.name != ROOT), imports.modules
    )


def _bare(schema: Schema, parts: _Parts) -> Schema:
    """Leave of a schema what decides about types, in the library's words."""
    bare = {key: value for key, value in schema.items() if key not in _NOTES}
    for key in ("items", "additionalProperties"):
        if key in bare:
            bare[key] = parts.take_out(_bare(bare[key], parts))
    for key in ("allOf", "anyOf", "oneOf"):
        if key in bare:
            bare[key] = [parts.take_out(_bare(member, parts)) for member in bare[key]]
    if list(bare) == ["allOf"] and len(bare["allOf"]) == 1:
        return dict(bare["allOf"][0])
    if "properties" in bare:
        bare["properties"] = {name: _bare(part, parts) for name, part in bare["properties"].items()}
        bare["required"] = list(bare["properties"])
    if "oneOf" in bare:
        bare["discriminator"] = {"propertyName": "type"}
    for (keyword, value), stand_in in _STAND_INS.items():
        if bare.get(keyword) == value:
            del bare[keyword]
            bare["format"] = stand_in
    if bare.pop("not", None):
        bare["format"] = _NON_NIL
    return bare


class _Parts(ast.NodeTransformer):
    """Types with bounds inside other types: declared under names of their own, and put back."""

    def __init__(self, named: Mapping[str, Schema]) -> None:
        self.schemas: dict[str, Schema] = {}
        self._free = (name for number in count(1) if (name := f"Part{number}") not in named)
        self._expressions: dict[str, ast.expr] = {}

    def take_out(self, schema: Schema) -> Schema:
        """Return what stands for a schema inside another: itself, or a reference."""
        if not _BOUNDS & schema.keys():
            return schema
        name = next(self._free)
        self.schemas[name] = schema
        return {"$ref": f"#/$defs/{name}"}

    def put_back(self, tree: ast.Module) -> ast.Module:
        """Write each part where it is referred to, and leave out its declaration."""
        body: list[ast.stmt] = []
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, part])) if (
                    name in self.schemas
                ):
                    self._expressions[name] = part
                case _:
                    body.append(node)
        written: ast.Module = self.visit(ast.Module(body, []))
        return written

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Write a part in the place of its name."""
        return self.visit(self._expressions[node.id]) if node.id in self._expressions else node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Write a part where it stands in quotes, because it is declared further down."""
        if node.value not in self._expressions:
            return node
        part: ast.AST = self.visit(self._expressions[str(node.value)])
        return part if isinstance(part, ast.Constant) else ast.Constant(ast.unparse(part))


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names in a declaration, also those in types that stand in quotes."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Constant(value=str() as quoted):
            yield from _names(ast.parse(quoted, mode="eval"))
        case ast.Subscript(value=ast.Name(id="Literal")):
            yield "Literal"
        case ast.ClassDef(bases=bases, body=body):
            annotations = [each.annotation for each in body if isinstance(each, ast.AnnAssign)]
            for part in (*bases, *annotations):
                yield from _names(part)
        case ast.keyword():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _names(child)


class _Imports(ast.NodeTransformer):
    """Gathers what is imported from where, and puts the runtime's types in the place of others."""

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Take note of an import, and leave it out."""
        for alias in node.names:
            ours = _OURS.get(alias.name)
            name = self._names[alias.asname or alias.name] = ours or alias.name
            self.modules[name] = "runtime.model" if ours else node.module or ""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Call what was imported by its own name."""
        return ast.Name(self._names.get(node.id, node.id), node.ctx)


def _declaration(node: ast.stmt, rebuilt: frozenset[str]) -> Declaration | None:
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
                names=frozenset(_names(node)),
                rebuilt=name in rebuilt,
            )
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, alias])):
            return Declaration(
                name=name,
                fields={},
                alias=ast.unparse(alias),
                names=frozenset(_names(node)),
                rebuilt=False,
            )
        case _:
            return None
