from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.auth.attributes import (
    ANYONE,
    EVERYTHING,
    NOTHING,
    SIGNED_IN,
    Attributes,
    all_of,
    any_of,
)

SHELF = "shop:books:shelf:read"

words = st.sampled_from(["a", "b", "A", "*", ""])
names = st.lists(words, min_size=1, max_size=4).map(":".join)


def granted_by(held: str, required: str) -> bool:
    """The rule as a sentence: the same text, one star for all, or a star for all below."""
    if held in (required, "*"):
        return True
    return held.endswith(":*") and required.startswith(held.removesuffix("*"))


@given(held=st.lists(names, max_size=4), required=names)
def test_an_attribute_is_granted_when_one_that_is_held_covers_it(
    held: list[str], required: str
) -> None:
    expected = any(granted_by(name, required) for name in held)
    assert Attributes.of(held).grant(required) is expected


@pytest.mark.parametrize("held", [SHELF, "shop:books:shelf:*", "shop:books:*", "shop:*", "*"])
def test_an_attribute_is_granted_by_itself_and_by_a_star_at_any_level(held: str) -> None:
    assert Attributes.of([held]).grant(SHELF)


@pytest.mark.parametrize(
    "held",
    ["shop:books", "*:books:shelf:read", "shop:*:shelf:read", f"{SHELF}:*", SHELF.upper(), ""],
)
def test_nothing_else_grants_it(held: str) -> None:
    assert not Attributes.of([held]).grant(SHELF)


@given(required=names)
def test_no_attributes_grant_nothing_and_everything_grants_all(required: str) -> None:
    assert not NOTHING.grant(required)
    assert EVERYTHING.grant(required)


def test_a_requirement_of_all_needs_every_one() -> None:
    requirement = all_of("a:x", "b:y")
    assert requirement.met_by(Attributes.of(["a:*", "b:y"]))
    assert not requirement.met_by(Attributes.of(["a:x"]))


def test_a_requirement_of_any_needs_one() -> None:
    requirement = any_of("a:x", "b:y")
    assert requirement.met_by(Attributes.of(["b:*"]))
    assert not requirement.met_by(Attributes.of(["c:z"]))


def test_being_signed_in_needs_a_token_and_no_attribute() -> None:
    assert SIGNED_IN.token
    assert SIGNED_IN.met_by(NOTHING)


def test_anyone_needs_no_token() -> None:
    assert not ANYONE.token
