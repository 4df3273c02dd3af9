from __future__ import annotations

from codegen.emit.typescript.types import types_text
from tests.unit.codegen.emit.designs import BAKERY, EMPTY, LONG

TEXT = types_text(BAKERY)


def test_an_enum_is_a_list_of_values_and_a_type_of_them() -> None:
    assert (
        'export const CrumbValues = ["open", "very tight", "on", "no"] as const;\n'
        "\n"
        "/** How a loaf is inside. */\n"
        "export type Crumb = (typeof CrumbValues)[number];\n"
    ) in TEXT


def test_absence_and_null_are_two_things() -> None:
    assert "\tbaked_at: string | null;\n" in TEXT
    assert "\toven_uuid?: string;\n" in TEXT
    assert "\tnote?: string | null;\n" in TEXT


def test_defaults_examples_and_deprecations_are_told_in_comments() -> None:
    assert (
        '\t/**\n\t * Inside.\n\t *\n\t * @default "open"\n\t * @example "no"\n\t */\n'
        "\tcrumb?: Crumb;\n"
    ) in TEXT
    assert "\t/** @deprecated */\n\tprice?: number;\n" in TEXT


def test_a_variant_has_its_tag_beside_its_value_or_inside() -> None:
    assert 'export interface ToppingJam {\n\ttype: "jam";\n\tvalue: Jam;\n}\n' in TEXT
    assert 'export interface PaymentJam extends Jam {\n\ttype: "jam";\n}\n' in TEXT
    assert "export type Topping = ToppingJam | ToppingOldCheese;\n" in TEXT


def test_an_alias_is_a_type() -> None:
    assert "/** In grams. */\nexport type Weights = number[];\n" in TEXT


def test_a_record_without_fields_is_just_an_object() -> None:
    name = "TheOvenInTheCornerBehindTheDoorThatNobodyOpens"
    assert f"export type {name} = object;\n" in types_text(LONG)
    assert 'export interface WhatIsInsideOven {\n\ttype: "oven";\n}\n' in types_text(LONG)


def test_a_design_without_types_makes_a_module_all_the_same() -> None:
    assert types_text(EMPTY).endswith("export {};\n")
