"""Types and values of a design in Python."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from codegen.emit.python.imports import Imports
from codegen.emit.python.types import Annotations, member_name, optional_kind, tuple_of
from codegen.model import (
    Alias,
    Api,
    Const,
    Design,
    Enum,
    Field,
    ListOf,
    MapOf,
    NamedType,
    Nullable,
    Record,
    Ref,
    Scalar,
    Type,
)

TEXT = Scalar(kind="str")
NUMBER = Scalar(kind="int")
TYPES: tuple[NamedType, ...] = (
    Enum(name="Crumb", values=("open", "very tight")),
    Alias(name="Grams", type=NUMBER),
    Record(name="Jam", fields=(Field(name="fruit", type=TEXT, required=True),)),
)
DESIGN = Design(
    api=Api(title="t", version="1"),
    attributes=(),
    security=(),
    errors=(),
    types=TYPES,
    services=(),
)


@dataclass
class Module:
    imports: Imports = field(default_factory=Imports)

    @property
    def annotations(self) -> Annotations:
        return Annotations(design=DESIGN, imports=self.imports)


@pytest.fixture
def module() -> Module:
    return Module()


@pytest.mark.parametrize(
    ("type_", "plain", "strict"),
    [
        (TEXT, "str", "StrictStr"),
        (Scalar(kind="float", min=0.5), "float", "Annotated[Float64, Field(ge=0.5)]"),
        (
            Scalar(kind="str", min=1, max=2, pattern="^a'"),
            "str",
            'Annotated[StrictStr, Field(min_length=1, max_length=2, pattern="^a\'")]',
        ),
        (Scalar(kind="uuid"), "UUID", "UUID"),
        (Scalar(kind="uuid", nil=False), "UUID", "NonNilUUID"),
        (Scalar(kind="datetime"), "datetime", "DateTime"),
        (Scalar(kind="bytes"), "bytes", "Base64"),
        (Scalar(kind="url"), "str", "Url"),
        (Scalar(kind="email"), "str", "Email"),
        (Const("stone"), "Literal['stone']", "Literal['stone']"),
        (Nullable(NUMBER), "int | None", "Int64 | None"),
        (MapOf(Nullable(TEXT)), "dict[str, str | None]", "dict[str, StrictStr | None]"),
        (
            ListOf(item=Ref("Jam"), max=3),
            "list[Jam]",
            "Annotated[list[Jam], Field(max_length=3)]",
        ),
    ],
    ids=str,
)
def test_a_type_is_written_for_callers_and_for_documents(
    module: Module, type_: Type, plain: str, strict: str
) -> None:
    assert module.annotations.plain(type_) == plain
    assert module.annotations.strict(type_) == strict


def test_a_parameter_is_read_from_text_and_keeps_its_bounds(module: Module) -> None:
    assert module.annotations.text(Scalar(kind="int", min=1)) == ("int", {"ge": 1})
    assert module.annotations.text(ListOf(item=Scalar(kind="int", min=1), max=2)) == (
        "list[Annotated[int, Field(ge=1)]]",
        {"max_length": 2},
    )


@pytest.mark.parametrize(
    ("type_", "value", "expression"),
    [
        (TEXT, "it's", '"it\'s"'),
        (Nullable(TEXT), None, "None"),
        (Scalar(kind="float"), 1.5, "1.5"),
        (Scalar(kind="uuid"), "a", "UUID('a')"),
        (Scalar(kind="datetime"), "2026-01-02T03:04:05Z", "datetime.fromisoformat(_)"),
        (Scalar(kind="date"), "2026-01-02", "date.fromisoformat('2026-01-02')"),
        (Scalar(kind="bytes"), "AA==", "b64decode('AA==')"),
        (Ref("Crumb"), "very tight", "Crumb.VERY_TIGHT"),
        (Ref("Grams"), 3, "3"),
        (Ref("Jam"), {"fruit": "plum"}, "Jam.model_validate({'fruit': 'plum'})"),
        (ListOf(item=Ref("Crumb")), ("open",), "[Crumb.OPEN]"),
        (MapOf(NUMBER), {"a": 1}, "{'a': 1}"),
    ],
    ids=str,
)
def test_a_value_is_written_as_an_expression_of_its_type(
    module: Module, type_: Type, value: object, expression: str
) -> None:
    expected = expression.replace("_)", f"{value!r})") if "(_)" in expression else expression
    assert module.annotations.value(type_, value) == expected


def test_a_type_whose_name_is_taken_goes_by_another() -> None:
    annotations = Annotations(design=DESIGN, imports=Imports("Jam"))
    assert annotations.plain(ListOf(item=Ref("Jam"))) == "list[Jam_]"


@pytest.mark.parametrize(
    ("value", "name"), [("in progress", "IN_PROGRESS"), ("3 holes", "VALUE_3_HOLES")]
)
def test_a_member_is_named_after_its_text(value: str, name: str) -> None:
    assert member_name(value) == name


def test_absence_null_and_default_are_three_things() -> None:
    def kind(type_: Type, **more: object) -> str:
        return optional_kind(Field(name="a", type=type_, **{"required": False, **more}))  # type: ignore[arg-type]  # by name

    assert kind(TEXT, required=True) == "required"
    assert kind(Nullable(TEXT), required=True) == "required"
    assert kind(TEXT) == "omitted"
    assert kind(Nullable(TEXT)) == "absent"
    assert kind(TEXT, default="a") == "default"
    assert kind(Nullable(TEXT), default=None) == "default"


def test_only_a_tuple_of_one_ends_with_a_comma() -> None:
    assert [tuple_of([]), tuple_of(["a"]), tuple_of(["a", "b"])] == ["()", "(a,)", "(a, b)"]
