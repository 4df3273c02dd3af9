from __future__ import annotations

from dataclasses import replace

from codegen.emit.schema_names import error_name, event_names, free_name, variant_names
from codegen.model import Record
from tests.unit.codegen.emit.designs import BAKERY


def test_a_variant_is_named_after_its_union_and_its_tag() -> None:
    names = variant_names(BAKERY)
    assert names["Topping", "jam"] == "ToppingJam"
    assert names["Topping", "old-cheese"] == "ToppingOldCheese"


def test_a_variant_leaves_a_name_to_the_type_that_has_it() -> None:
    taken = replace(BAKERY, types=(*BAKERY.types, Record(name="ToppingJam", fields=())))
    assert variant_names(taken)["Topping", "jam"] == "ToppingJamVariant"


def test_an_event_keeps_its_name_as_long_as_nothing_else_has_it() -> None:
    assert event_names(BAKERY)["bakery", "LoafBakedEvent"] == "LoafBakedEvent"


def test_events_of_one_name_are_told_apart_by_their_services() -> None:
    (bakery,) = BAKERY.services
    two = replace(BAKERY, services=(bakery, replace(bakery, name="corner_shop")))
    names = event_names(two)
    assert names["bakery", "LoafBakedEvent"] == "BakeryLoafBakedEvent"
    assert names["corner_shop", "LoafBakedEvent"] == "CornerShopLoafBakedEvent"


def test_an_event_leaves_a_name_to_the_type_that_has_it() -> None:
    taken = replace(BAKERY, types=(*BAKERY.types, Record(name="LoafBakedEvent", fields=())))
    assert event_names(taken)["bakery", "LoafBakedEvent"] == "BakeryLoafBakedEvent"


def test_the_ordinary_error_is_called_so_unless_a_type_is() -> None:
    assert error_name(BAKERY) == "Error"
    taken = replace(BAKERY, types=(Record(name="Error", fields=()),))
    assert error_name(taken) == "ErrorBody"


def test_a_suffix_is_added_until_the_name_is_free() -> None:
    assert free_name("A", {"A", "AB"}, "B") == "ABB"
