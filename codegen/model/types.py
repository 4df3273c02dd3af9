"""Types: expressions that stand in a field, and the named types they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum as PythonEnum
from typing import Final, Literal

JsonValue = str | int | float | bool | None | tuple["JsonValue", ...] | Mapping[str, "JsonValue"]
"""A JSON value, immutable: arrays are tuples, objects are never written to."""

ScalarKind = Literal[
    "str", "int", "float", "bool", "uuid", "datetime", "date", "bytes", "url", "email"
]


class Missing(PythonEnum):
    """The absence of a value where ``None`` would mean JSON ``null``."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value without parts, and the bounds it must keep.

    ``min`` and ``max`` bound a number's value and a text's length in characters, both inclusive.
    ``pattern`` is an ECMA 262 regular expression that must match somewhere in the text.
    ``nil`` is whether a uuid may be the nil UUID (RFC 9562 section 5.9).
    """

    kind: ScalarKind
    min: int | float | None = None
    max: int | float | None = None
    pattern: str | None = None
    nil: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """An ordered list, with inclusive bounds on its length."""

    item: Type
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from text to one type."""

    value: Type


@dataclass(frozen=True, slots=True)
class Nullable:
    """A type, or JSON ``null``.  Never nested in another ``Nullable``."""

    item: Type


@dataclass(frozen=True, slots=True)
class Const:
    """Exactly one value."""

    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Ref:
    """A named type.  ``name`` is always the name of a type in ``Design.types``."""

    name: str


Type = Scalar | ListOf | MapOf | Nullable | Const | Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member of a record, an event or a parameter list.

    Absence, null and default are three independent things: ``required`` is whether it must be
    present on the wire, ``type`` says whether it may be null, and ``default`` (``MISSING`` for
    none) is what an absent one means.  A field with a default is never required.
    """

    name: str
    type: Type
    required: bool
    default: JsonValue | Missing = MISSING
    doc: str = ""
    example: JsonValue | Missing = MISSING
    deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An object with known fields, in the order they are written on the wire.

    A view is a record of its own: ``view_of`` and ``view`` name what it was cut from, and its
    name is both joined (``Location`` and ``default`` make ``LocationDefault``).
    """

    name: str
    fields: tuple[Field, ...]
    view_of: str | None = None
    view: str | None = None
    doc: str = ""
    example: JsonValue | Missing = MISSING
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """A closed list of texts, in the order of the design."""

    name: str
    values: tuple[str, ...]
    doc: str = ""
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One choice of a union: its tag on the wire and the named record it carries."""

    tag: str
    type: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """One of several records, told apart by a tag.

    ``adjacent`` puts the tag beside the value: ``{"type": tag, "value": {...}}``.
    ``inside`` puts it into the record itself: ``{"type": tag, ...}``.
    """

    name: str
    variants: tuple[Variant, ...]
    tagging: Literal["adjacent", "inside"] = "adjacent"
    doc: str = ""
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name for a type expression."""

    name: str
    type: Type
    doc: str = ""
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)


NamedType = Record | Enum | Union | Alias
