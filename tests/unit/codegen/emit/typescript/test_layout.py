from __future__ import annotations

import pytest

from codegen.emit.typescript.layout import (
    alias,
    comment,
    fits,
    imported,
    key,
    listed,
    literal,
    property_of,
    typed,
)

LONG = "a" * 60


def test_a_tab_counts_two_columns() -> None:
    assert fits("\t" + "a" * 78)
    assert not fits("\t" + "a" * 79)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('"so"', "'\"so\"'"),
        ("\"so\" it's 'so'", '"\\"so\\" it\'s \'so\'"'),
        ('"it\'s" "so"', '\'"it\\\'s" "so"\''),
        ("back\\slash\n", '"back\\\\slash\\n"'),
        (7, "7"),
        (True, "true"),
    ],
)
def test_a_literal_has_the_quotes_that_need_fewer_escapes(value: str | int, text: str) -> None:
    assert literal(value) == text


def test_a_key_is_quoted_only_if_it_has_to_be() -> None:
    assert (key("limit"), key("X-Shelf"), key("grün")) == ("limit", '"X-Shelf"', '"grün"')


def test_a_comment_stands_on_one_line_if_it_fits() -> None:
    assert comment("A loaf.", "\t") == "\t/** A loaf. */\n"
    assert comment("word " * 20, "\t").count("\n") == 4
    assert comment("") == ""


def test_nothing_in_a_comment_ends_it() -> None:
    assert comment("a */ b") == "/** a *\\/ b */\n"


def test_a_long_value_stands_on_a_line_of_its_own() -> None:
    assert property_of("\t", "cookie", '"a"') == '\tcookie: "a",'
    assert property_of("\t", "a_long_name_too", LONG + "bc") == f"\ta_long_name_too:\n\t\t{LONG}bc,"


def test_behind_a_short_key_nothing_is_broken() -> None:
    assert property_of("\t", "path", LONG + LONG) == f"\tpath: {LONG}{LONG},"


def test_choices_stand_one_below_the_other_if_they_do_not_fit() -> None:
    assert alias("A", ["B", "C"]) == "export type A = B | C;"
    assert alias("A", [LONG, LONG]) == f"export type A =\n\t| {LONG}\n\t| {LONG};"
    assert typed("\t", "a", [LONG, LONG]) == f"\ta:\n\t\t| {LONG}\n\t\t| {LONG};"


def test_a_named_type_and_null_are_never_broken_apart() -> None:
    name = LONG + LONG
    assert alias("A", [name, "null"]) == f"export type A =\n\t{name} | null;"
    assert typed("\t", "a", [name, "null"]) == f"\ta: {name} | null;"
    assert typed("\t", "a", [f"{name}[]", "null"]) == f"\ta:\n\t\t| {name}[]\n\t\t| null;"


def test_an_object_is_opened_if_it_does_not_fit() -> None:
    map_ = f"{{ [key: string]: {LONG} }}"
    assert alias("A", [map_]) == f"export type A = {{\n\t[key: string]: {LONG};\n}};"
    opened = f"\ta: {{\n\t\t[key: string]: {LONG};\n\t}} | null;"
    assert typed("\t", "a", [map_, "null"]) == opened


def test_a_list_is_broken_if_it_does_not_fit() -> None:
    assert listed("f(", ["a", "b"], ");") == "f(a, b);"
    assert listed("f(", [LONG, LONG], ");", "\t") == f"\tf(\n\t\t{LONG},\n\t\t{LONG},\n\t);"
    assert listed("f(", [], ");") == "f();"


def test_imports_are_sorted_and_say_what_is_only_a_type() -> None:
    assert imported({"b", "type A"}, "./m.js") == 'import { type A, b } from "./m.js";'
    assert imported({"type B", "type A"}, "./m.js") == 'import type { A, B } from "./m.js";'
    assert imported({"b" * 40, "type A" + "a" * 40}, "./m.js").count("\n") == 3
