"""The types of a design in JSON Schema 2020-12.

The documents and the models are made from the same schemas.  A reference with words of its own
stands in ``allOf``: the schemas of AsyncAPI follow an older draft, in which whatever stands beside
``$ref`` is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from codegen.emit.schema_names import variant_names
from codegen.model import (
    MISSING,
    Alias,
    Const,
    Design,
    Enum,
    Event,
    Field,
    ListOf,
    MapOf,
    NamedType,
    Nullable,
    Record,
    Ref,
    Scalar,
    Type,
    Union,
    Variant,
)

Schema = dict[str, Any]

NIL_UUID = "00000000-0000-0000-0000-000000000000"

_SCALARS: Mapping[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "format": "int64"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "url": {"type": "string", "format": "uri"},
    "email": {"type": "string", "format": "email"},
}


@dataclass(frozen=True, kw_only=True)
class Schemas:
    """The schemas of one design, as one document wants them.

    ``refs`` is what stands before the name of a type in a ``$ref``.  ``discriminators`` is whether
    a union names its tag in OpenAPI's way; JSON Schema needs only the constant tags.
    """

    design: Design
    refs: str = "#/$defs/"
    discriminators: bool = False

    def ref(self, name: str) -> Schema:
        """Refer to a named schema."""
        return {"$ref": self.refs + name}

    def named(self) -> dict[str, Schema]:
        """Return the schema of every named type, each variant of a union before the union."""
        schemas: dict[str, Schema] = {}
        for named in self.design.types:
            if isinstance(named, Union):
                for variant in named.variants:
                    schemas[self._names[named.name, variant.tag]] = self._variant(named, variant)
            notes = _described(named.doc) | plain(named.extensions)
            schemas[named.name] = _noted(self._bare(named), notes)
        return schemas

    def type(self, type_: Type) -> Schema:
        """Return the schema of a type where it is used."""
        match type_:
            case Ref(name):
                return self.ref(name)
            case Scalar():
                return _scalar(type_)
            case Const(value):
                return _constant(value)
            case Nullable(item):
                return _or_null(self.type(item))
            case ListOf():
                schema = {"type": "array", "items": self.type(type_.item)}
                return schema | _known(minItems=type_.min, maxItems=type_.max)
            case MapOf(value):
                return {"type": "object", "additionalProperties": self.type(value)}

    def field(self, field: Field) -> Schema:
        """Return the schema of a field's type, with what is said about the field."""
        notes = _described(field.doc)
        if field.default is not MISSING:
            notes["default"] = plain(field.default)
        if field.example is not MISSING:
            notes["examples"] = [plain(field.example)]
        if field.deprecated:
            notes["deprecated"] = True
        return _noted(self.type(field.type), notes)

    def object(self, fields: Iterable[Field]) -> Schema:
        """Return the schema of an object with these fields, in their order."""
        fields = tuple(fields)
        schema: Schema = {"type": "object"}
        if fields:
            schema["properties"] = {field.name: self.field(field) for field in fields}
        if required := [field.name for field in fields if field.required]:
            schema["required"] = required
        return schema

    def payload(self, event: Event) -> Schema:
        """Return the schema of what an event says, without its tag."""
        schema = self.object(event.fields) | _described(event.doc)
        if event.deprecated:
            schema["deprecated"] = True
        schema |= plain(event.extensions)
        return schema

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        return variant_names(self.design)

    def _bare(self, named: NamedType) -> Schema:
        match named:
            case Record():
                schema = self.object(named.fields)
                if named.example is not MISSING:
                    schema["examples"] = [plain(named.example)]
                return schema
            case Enum():
                return {"type": "string", "enum": list(named.values)}
            case Union():
                return self._union(named)
            case Alias():
                return self.type(named.type)

    def _union(self, union: Union) -> Schema:
        refs = {v.tag: self.ref(self._names[union.name, v.tag]) for v in union.variants}
        schema: Schema = {"oneOf": list(refs.values())}
        if self.discriminators:
            mapping = {tag: ref["$ref"] for tag, ref in refs.items()}
            schema["discriminator"] = {"propertyName": "type", "mapping": mapping}
        return schema

    def _variant(self, union: Union, variant: Variant) -> Schema:
        if union.tagging == "adjacent":
            return tagged(variant.tag, self.ref(variant.type.name))
        record = self.design.type_by_name[variant.type.name]
        assert isinstance(record, Record)
        # The fields are written out: readers handle one object better than a combination.
        tag = Field(name="type", type=Const(variant.tag), required=True)
        return self.object((tag, *record.fields)) | _described(record.doc)


def tagged(tag: str, value: Schema) -> Schema:
    """Return the schema of a value with its tag beside it."""
    return {
        "type": "object",
        "properties": {"type": _constant(tag), "value": value},
        "required": ["type", "value"],
    }


def plain(value: Any) -> Any:
    """Turn an immutable JSON value of the design into lists and dictionaries."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _scalar(scalar: Scalar) -> Schema:
    schema = dict(_SCALARS[scalar.kind])
    if scalar.kind in ("int", "float"):
        schema |= _known(minimum=scalar.min, maximum=scalar.max)
    else:
        schema |= _known(minLength=scalar.min, maxLength=scalar.max)
    schema |= _known(pattern=scalar.pattern)
    if not scalar.nil:
        schema["not"] = {"const": NIL_UUID}
    return schema


def _constant(value: str | int | bool) -> Schema:
    kind = {str: "string", int: "integer", bool: "boolean"}[type(value)]
    return {"type": kind, "const": value}


def _or_null(schema: Schema) -> Schema:
    """Admit ``null``.  A constant or a reference cannot say so in its own type."""
    if "type" in schema and "const" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _noted(schema: Schema, notes: Schema) -> Schema:
    if "$ref" in schema and notes:
        return {"allOf": [schema], **notes}
    return schema | notes


def _described(doc: str) -> Schema:
    return {"description": doc.strip()} if doc else {}


def _known(**keywords: Any) -> Schema:
    return {keyword: value for keyword, value in keywords.items() if value is not None}
