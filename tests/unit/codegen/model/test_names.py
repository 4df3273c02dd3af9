from __future__ import annotations

import pytest

from codegen.model.names import (
    constant_case,
    operation_id,
    pascal_case,
    snake_case,
    union_name,
)


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("RyeBread", "rye_bread"),
        ("BBQBakedEvent", "bbq_baked_event"),
        ("LoafBBQ", "loaf_bbq"),
        ("S3Config", "s3_config"),
        ("If-None-Match", "if_none_match"),
        ("bakedAt", "baked_at"),
        ("baked_at", "baked_at"),
    ],
)
def test_an_acronym_is_one_word(name: str, snake: str) -> None:
    assert snake_case(name) == snake


def test_words_are_joined_with_capitals() -> None:
    assert pascal_case("show_rye_bread") == "ShowRyeBread"


def test_a_service_names_its_events_and_its_operations() -> None:
    assert union_name("corner_shop") == "CornerShopEvent"
    assert operation_id("corner_shop", "bake") == "corner_shop_bake"


@pytest.mark.parametrize(
    ("text", "name"), [("very hard", "VERY_HARD"), ("x-1.5", "X_1_5"), ("+", ""), ("ü", "")]
)
def test_a_constant_is_made_of_ascii_letters_and_digits(text: str, name: str) -> None:
    assert constant_case(text) == name
