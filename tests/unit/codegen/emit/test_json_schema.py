from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from codegen.emit.json_schema import NIL_UUID, Schemas, plain, tagged
from codegen.model import (
    Const,
    Design,
    ListOf,
    MapOf,
    Nullable,
    Ref,
    Scalar,
    Type,
)
from tests.unit.codegen.emit.designs import BAKED, BAKERY, EATEN, TEXT, UUID, field, optional

SCHEMAS = Schemas(design=BAKERY)


def accepts(name: str, value: object) -> bool:
    """Tell whether the schema of a type of the bakery takes a value."""
    schema = {"$defs": SCHEMAS.named(), "$ref": f"#/$defs/{name}"}
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(value)


@pytest.mark.parametrize(
    ("type_", "schema"),
    [
        (TEXT, {"type": "string"}),
        (
            Scalar(kind="int", min=0, max=9),
            {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9},
        ),
        (Scalar(kind="float"), {"type": "number"}),
        (Scalar(kind="bool"), {"type": "boolean"}),
        (UUID, {"type": "string", "format": "uuid"}),
        (Scalar(kind="datetime"), {"type": "string", "format": "date-time"}),
        (Scalar(kind="date"), {"type": "string", "format": "date"}),
        (Scalar(kind="bytes"), {"type": "string", "contentEncoding": "base64"}),
        (Scalar(kind="url"), {"type": "string", "format": "uri"}),
        (Scalar(kind="email"), {"type": "string", "format": "email"}),
        (
            Scalar(kind="str", min=1, max=3, pattern="^a"),
            {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^a"},
        ),
        (Const("stone"), {"type": "string", "const": "stone"}),
        (Const(True), {"type": "boolean", "const": True}),
        (Const(1), {"type": "integer", "const": 1}),
        (Ref("Loaf"), {"$ref": "#/$defs/Loaf"}),
        (Nullable(TEXT), {"type": ["string", "null"]}),
        (Nullable(Const("a")), {"anyOf": [{"type": "string", "const": "a"}, {"type": "null"}]}),
        (Nullable(Ref("Loaf")), {"anyOf": [{"$ref": "#/$defs/Loaf"}, {"type": "null"}]}),
        (
            ListOf(item=TEXT, min=1, max=2),
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        ),
        (MapOf(TEXT), {"type": "object", "additionalProperties": {"type": "string"}}),
    ],
)
def test_each_kind_of_type_has_its_schema(type_: Type, schema: dict[str, Any]) -> None:
    assert SCHEMAS.type(type_) == schema


def test_references_begin_as_the_document_wants_them() -> None:
    assert Schemas(design=BAKERY, refs="#/x/").type(Ref("Loaf")) == {"$ref": "#/x/Loaf"}


def test_absent_null_and_default_are_three_things() -> None:
    loaf = {"uuid": "11111111-1111-4111-8111-111111111111", "name": "Rye", "baked_at": None}
    assert accepts("Loaf", loaf)
    assert not accepts("Loaf", {"uuid": loaf["uuid"], "name": "Rye"})
    assert accepts("Loaf", loaf | {"note": None})
    assert not accepts("Loaf", loaf | {"oven_uuid": None})
    assert SCHEMAS.named()["Loaf"]["properties"]["weight"]["default"] == 500
    assert "weight" not in SCHEMAS.named()["Loaf"]["required"]


def test_the_nil_uuid_is_refused_where_the_design_says_so() -> None:
    loaf = {"uuid": NIL_UUID, "name": "Rye", "baked_at": None}
    assert not accepts("Loaf", loaf)
    assert accepts("LoafShort", loaf)


def test_a_union_takes_exactly_the_variant_that_its_tag_names() -> None:
    assert accepts("Topping", {"type": "jam", "value": {"fruit": "plum"}})
    assert not accepts("Topping", {"type": "old-cheese", "value": {"fruit": "plum"}})
    assert not accepts("Topping", {"type": "jam"})
    assert not accepts("Topping", {"fruit": "plum"})
    assert accepts("Payment", {"type": "jam", "fruit": "plum"})
    assert not accepts("Payment", {"type": "cheese", "fruit": "plum"})


def test_a_discriminator_is_named_only_where_it_is_wanted() -> None:
    named = Schemas(design=BAKERY, refs="#/x/", discriminators=True).named()
    assert named["Topping"]["discriminator"] == {
        "propertyName": "type",
        "mapping": {"jam": "#/x/ToppingJam", "old-cheese": "#/x/ToppingOldCheese"},
    }
    assert "discriminator" not in SCHEMAS.named()["Topping"]


def test_a_reference_with_words_of_its_own_stands_in_all_of() -> None:
    crumb = SCHEMAS.named()["Loaf"]["properties"]["crumb"]
    assert crumb == {
        "allOf": [{"$ref": "#/$defs/Crumb"}],
        "description": "Inside.",
        "default": "open",
        "examples": ["no"],
    }


def test_documentation_examples_and_extensions_come_along() -> None:
    loaf = SCHEMAS.named()["Loaf"]
    assert loaf["description"].startswith("A loaf of bread.")
    assert loaf["examples"] == [{"uuid": "1b7a", "name": "Rye", "baked_at": None}]
    assert loaf["x-shelf"] == ["left", 3]
    assert loaf["properties"]["price"]["deprecated"] is True


def test_an_object_without_fields_has_neither_properties_nor_required() -> None:
    assert SCHEMAS.object([]) == {"type": "object"}
    assert SCHEMAS.object([optional("a", TEXT)]) == {
        "type": "object",
        "properties": {"a": {"type": "string"}},
    }
    assert SCHEMAS.object([field("a", TEXT)])["required"] == ["a"]


def test_a_payload_is_what_an_event_says_without_its_tag() -> None:
    payload = SCHEMAS.payload(BAKED)
    assert list(payload["properties"]) == ["uuid", "item"]
    assert payload["description"] == "A loaf left the oven."
    assert SCHEMAS.payload(EATEN)["deprecated"] is True


def test_a_tag_stands_beside_its_value() -> None:
    assert tagged("jam", {"type": "object"}) == {
        "type": "object",
        "properties": {"type": {"type": "string", "const": "jam"}, "value": {"type": "object"}},
        "required": ["type", "value"],
    }


def test_immutable_values_become_lists_and_dictionaries() -> None:
    assert plain({"a": ({"b": ()}, 1, None)}) == {"a": [{"b": []}, 1, None]}


def test_every_named_type_has_a_schema_that_is_one(design: Design) -> None:
    named = Schemas(design=design).named()
    assert set(design.type_by_name) <= set(named)
    Draft202012Validator.check_schema({"$defs": named})
