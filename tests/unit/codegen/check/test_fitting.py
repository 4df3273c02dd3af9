from __future__ import annotations

import pytest

from tests.unit.codegen.check.bakery import OPEN, SMALL, check

TYPES = """\
types:
  Crust: {enum: [soft, hard]}
  Sweet: {fields: {sugar: int}}
  Filling: {oneof: {sweet: Sweet}}
  Topping: {tag: inside, oneof: {sweet: Sweet}}
  Name: {type: str, max: 4}
  Names: {list: Name, max: 2}
  Tree: {fields: {name: str, below?: 'list[Tree]'}, views: {bare: [name]}}
"""


def problems(type_: str, value: str) -> list[str]:
    """What is wrong with a value as the default of a field of a type."""
    record = f"  Loaf: {{fields: {{field: {{type: '{type_}', default: {value}}}}}}}\n"
    text = SMALL + TYPES + record + OPEN.replace("RETURNS", "Loaf")
    prefix = "the default does not fit: "
    return [
        found.message.removeprefix(prefix)
        for found in check(text).errors
        if found.code == "default-misfit"
    ]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("str", "rye"),
        ("int", "5"),
        ("float", "5"),
        ("float", "5.5"),
        ("bool", "false"),
        ("str | null", "null"),
        ("Crust", "hard"),
        ("Name", "rye"),
        ("Names", "[rye, oat]"),
        ("list[Crust | null]", "[soft, null]"),
        ("map[str, int]", "{a: 1}"),
        ("Sweet", "{sugar: 1}"),
        ("Filling", "{type: sweet, value: {sugar: 1}}"),
        ("Topping", "{type: sweet, sugar: 1}"),
        ("Tree", "{name: a, below: [{name: b}]}"),
        ("Tree.bare", "{name: a}"),
    ],
)
def test_a_value_of_a_type_fits(type_: str, value: str) -> None:
    assert problems(type_, value) == []


@pytest.mark.parametrize(
    ("type_", "value", "problem"),
    [
        ("str", "5", "`5` is not a text"),
        ("int", "5.5", "`5.5` is not a whole number"),
        ("int", "true", "`true` is not a whole number"),
        ("bool", "1", "`1` is not `true` or `false`"),
        ("str", "null", "`null` is not a text"),
        ("Crust", "burnt", "`burnt` is none of the values"),
        ("Name", "wheat", "its length 5 is above the greatest, 4"),
        ("Names", "[rye, wheat]", "its length 5 is above the greatest, 4"),
        ("Names", "[a, b, c]", "its length 3 is above the greatest, 2"),
        ("list[int]", "{a: 1}", "a mapping is not a list"),
        ("map[str, int]", "[1]", "a list is not a map"),
        ("map[str, int]", "{a: b}", "`b` is not a whole number"),
        ("Sweet", "{}", "the field `sugar` is missing"),
        ("Sweet", "{sugar: 1, salt: 1}", "`Sweet` has no field `salt`"),
        ("Sweet", "sugar", "`sugar` is not a `Sweet`"),
        ("Filling", "sweet", "`sweet` is not a `Filling`"),
        ("Filling", "{type: sweet}", "`value` is missing beside `type`"),
        ("Filling", "{type: sour, value: {}}", "`type` names no variant"),
        ("Filling", "{value: {}}", "`type` names no variant"),
        ("Topping", "{type: sweet}", "the field `sugar` is missing"),
        ("Tree", "{name: a, below: [{}]}", "the field `name` is missing"),
        ("Tree.bare", "{name: a, below: []}", "`Tree` has no field `below`"),
    ],
)
def test_a_value_of_another_type_is_told_why(type_: str, value: str, problem: str) -> None:
    assert problems(type_, value) == [problem]
