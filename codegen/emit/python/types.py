"""Types of a design as Python annotations, and its values as Python expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.emit.json_schema import plain
from codegen.emit.python.imports import Imports
from codegen.emit.python.text import literal
from codegen.model import (
    MISSING,
    Alias,
    Const,
    Design,
    Enum,
    Field,
    ListOf,
    MapOf,
    Nullable,
    Ref,
    Scalar,
    Type,
)
from codegen.model.names import constant_case

_PYTHON: Mapping[str, tuple[str, str]] = {
    "str": ("", "str"),
    "int": ("", "int"),
    "float": ("", "float"),
    "bool": ("", "bool"),
    "bytes": ("", "bytes"),
    "url": ("", "str"),
    "email": ("", "str"),
    "uuid": ("uuid", "UUID"),
    "datetime": ("datetime", "datetime"),
    "date": ("datetime", "date"),
}
"""What a program sees of a scalar: module and name."""

_STRICT: Mapping[str, tuple[str, str]] = {
    "str": ("pydantic", "StrictStr"),
    "int": ("runtime.model", "Int64"),
    "float": ("runtime.model", "Float64"),
    "bool": ("pydantic", "StrictBool"),
    "bytes": ("runtime.model", "Base64"),
    "url": ("runtime.model", "Url"),
    "email": ("runtime.model", "Email"),
    "uuid": ("uuid", "UUID"),
    "datetime": ("runtime.model", "DateTime"),
    "date": ("runtime.model", "Date"),
}
"""What pydantic makes of a scalar in a JSON document."""

_TEXT: Mapping[str, tuple[str, str]] = {
    **_PYTHON,
    "bytes": ("runtime.model", "Base64"),
    "url": ("runtime.model", "Url"),
    "email": ("runtime.model", "Email"),
    "datetime": ("runtime.model", "DateTime"),
    "date": ("runtime.model", "Date"),
}
"""What pydantic makes of a scalar that arrives as text."""

NON_NIL_UUID = ("runtime.model", "NonNilUUID")


@dataclass(frozen=True, kw_only=True)
class Annotations:
    """Writes types of a design into one module, and imports what they need.

    ``models`` is the module that has the named types, as this one imports it; nothing, if this one
    has them itself.
    """

    design: Design
    imports: Imports
    models: str = ".models"

    def named(self, name: str) -> str:
        """Return what a named type is called here."""
        return self.imports.add(self.models, name) if self.models else name

    def plain(self, type_: Type) -> str:
        """Return a type as a caller of a method sees it, without any rule about values."""
        match type_:
            case Scalar(kind=kind):
                return self._scalar(_PYTHON[kind])
            case _:
                return self._composed(type_, self.plain)

    def strict(self, type_: Type) -> str:
        """Return a type as pydantic checks it in a JSON document."""
        match type_:
            case Scalar():
                name = self._scalar(_STRICT[type_.kind] if type_.nil else NON_NIL_UUID)
                return self._bounded(name, _bounds(type_))
            case ListOf():
                return self._bounded(f"list[{self.strict(type_.item)}]", _lengths(type_))
            case _:
                return self._composed(type_, self.strict)

    def text(self, type_: Type) -> tuple[str, dict[str, Any]]:
        """Return a type as pydantic reads it from text, and the bounds that go with it."""
        match type_:
            case Scalar():
                return self._scalar(_TEXT[type_.kind] if type_.nil else NON_NIL_UUID), _bounds(
                    type_
                )
            case ListOf():
                item, bounds = self.text(type_.item)
                return f"list[{self._bounded(item, bounds)}]", _lengths(type_)
            case _:
                return self._composed(type_, lambda inner: self.text(inner)[0]), {}

    def value(self, type_: Type, value: Any) -> str:
        """Return a JSON value of a type as a Python expression."""
        match type_:
            case Nullable(item):
                return "None" if value is None else self.value(item, value)
            case Scalar(kind="uuid"):
                return f"{self.imports.add('uuid', 'UUID')}({value!r})"
            case Scalar(kind="datetime" | "date" as kind):
                name = self.imports.add("datetime", kind)
                return f"{name}.fromisoformat({value!r})"
            case Scalar(kind="bytes"):
                return f"{self.imports.add('base64', 'b64decode')}({value!r})"
            case ListOf():
                return f"[{', '.join(self.value(type_.item, item) for item in value)}]"
            case MapOf(inner):
                pairs = (f"{key!r}: {self.value(inner, item)}" for key, item in value.items())
                return f"{{{', '.join(pairs)}}}"
            case Ref(name):
                return self._named_value(name, value)
            case _:
                return literal(value)

    def is_constant(self, type_: Type) -> bool:
        """Tell whether a value of a type is written without a call and can never change.

        Only such a value may stand in a signature, which is evaluated once.
        """
        match type_:
            case Scalar(kind=kind):
                return kind not in ("uuid", "datetime", "date", "bytes")
            case Ref(name):
                named = self.design.type_by_name[name]
                return isinstance(named, Enum) or (
                    isinstance(named, Alias) and self.is_constant(named.type)
                )
            case Nullable(item):
                return self.is_constant(item)
            case _:
                return isinstance(type_, Const)

    def _named_value(self, name: str, value: Any) -> str:
        named = self.design.type_by_name[name]
        if isinstance(named, Enum):
            return f"{self.named(name)}.{member_name(value)}"
        if isinstance(named, Alias):
            return self.value(named.type, value)
        return f"{self.named(name)}.model_validate({plain(value)!r})"

    def _scalar(self, source: tuple[str, str]) -> str:
        module, name = source
        return self.imports.add(module, name) if module else name

    def _composed(self, type_: Type, inner: Any) -> str:
        match type_:
            case Nullable(item):
                return f"{inner(item)} | None"
            case ListOf():
                return f"list[{inner(type_.item)}]"
            case MapOf(value):
                return f"dict[str, {inner(value)}]"
            case Const(value):
                return f"{self.imports.add('typing', 'Literal')}[{value!r}]"
            case Ref(name):
                return self.named(name)
            case Scalar():
                raise AssertionError("a scalar has no parts")

    def _bounded(self, name: str, bounds: Mapping[str, Any]) -> str:
        if not bounds:
            return name
        annotated = self.imports.add("typing", "Annotated")
        field = self.imports.add("pydantic", "Field")
        return f"{annotated}[{name}, {field}({keywords(bounds)})]"


def keywords(arguments: Mapping[str, Any]) -> str:
    """Return keyword arguments of plain values."""
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def tuple_of(expressions: Sequence[str]) -> str:
    """Return a tuple; one that is not of one has no comma at its end, so that it may be one line."""
    return f"({', '.join(expressions)}{',' if len(expressions) == 1 else ''})"


def member_name(value: str) -> str:
    """Return the name of an enum's member: ``in progress`` is ``IN_PROGRESS``."""
    name = constant_case(value)
    return f"VALUE_{name}" if not name or name[0].isdigit() else name


def optional_kind(field: Field) -> str:
    """Tell how a field deals with absence.

    ``required``; ``default`` (an absent one has a value); ``omitted`` (``None`` is absence, and is
    not written); ``absent`` (absence and ``null`` are two things).
    """
    if field.required:
        return "required"
    if field.default is not MISSING:
        return "default"
    return "absent" if isinstance(field.type, Nullable) else "omitted"


def _bounds(scalar: Scalar) -> dict[str, Any]:
    low, high = ("ge", "le") if scalar.kind in ("int", "float") else ("min_length", "max_length")
    return _known({low: scalar.min, high: scalar.max, "pattern": scalar.pattern})


def _lengths(items: ListOf) -> dict[str, Any]:
    return _known({"min_length": items.min, "max_length": items.max})


def _known(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}
