from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.auth.attributes import NOTHING, Attributes
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.tokens import InvalidToken

CLAIMS: dict[str, Any] = {
    "rights": ["a:read", "a:*"],
    "a.b": ["literal"],
    "a": {"b": ["nested"], "b/c": ["odd"], "text": "read", "none": [], "deep": {"er": ["x"]}},
    "mixed": ["keep", 1, None, ["keep"], {"keep": 1}, True, "keep"],
    "roles": ["app:reader", "app:writer", "app:unknown", "reader", "app:"],
}
ROLES = {"reader": ("a:read", "a:list"), "writer": ("a:write", "a:read"), "": ("odd",)}


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (AttributeClaim(path="rights"), {"a:read", "a:*"}),
        (AttributeClaim(path="a.b"), {"literal"}),
        (AttributeClaim(path="a.b", separator="."), {"nested"}),
        (AttributeClaim(path="a::b", separator="::"), {"nested"}),
        (AttributeClaim(path="a.b/c", separator="."), {"odd"}),
        (AttributeClaim(path="a.deep.er", separator="."), {"x"}),
        (AttributeClaim(path="mixed"), {"keep"}),
        (AttributeClaim(path="roles", prefix="app:"), {"reader", "writer", "unknown", ""}),
        (AttributeClaim(path="roles", prefix="none:"), set()),
        (AttributeClaim(path="a.none", separator="."), set()),
        (
            AttributeClaim(path="roles", prefix="app:", roles={"reader": ("r",), "writer": ("w",)}),
            {"r", "w"},
        ),
        (
            AttributeClaim(path="roles", prefix="app:", roles=ROLES),
            {"a:read", "a:list", "a:write", "odd"},
        ),
        (AttributeClaim(path="roles", roles={"reader": ("r",)}), {"r"}),
        (AttributeClaim(path="rights", roles=ROLES), set()),
        (AttributeClaim(path="rights", roles={}), set()),
    ],
)
def test_the_claim_grants_what_it_lists(claim: AttributeClaim, expected: set[str]) -> None:
    assert claim.read(CLAIMS) == Attributes.of(expected)


@pytest.mark.parametrize(
    "claim",
    [
        AttributeClaim(path="absent"),
        AttributeClaim(path="rights.0", separator="."),
        AttributeClaim(path="a.absent", separator="."),
        AttributeClaim(path="a.b.c", separator="."),
        AttributeClaim(path="a..b", separator="."),
        AttributeClaim(path="a"),
        AttributeClaim(path="a.text", separator="."),
        AttributeClaim(path="a.text.x", separator="."),
        AttributeClaim(path="Rights"),
    ],
)
def test_a_path_that_leads_to_no_list_is_a_refusal_and_not_an_empty_list(
    claim: AttributeClaim,
) -> None:
    with pytest.raises(InvalidToken, match=claim.path):
        claim.read(CLAIMS)


def test_an_empty_list_is_no_rights_and_never_all_of_them() -> None:
    assert AttributeClaim(path="rights").read({"rights": []}) == NOTHING


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(claims=st.dictionaries(st.sampled_from("abc"), JSON), path=st.text("abc.", min_size=1))
def test_whatever_a_token_says_no_bearer_is_unrestricted(
    claims: dict[str, object], path: str
) -> None:
    claim = AttributeClaim(path=path, separator=".")
    try:
        attributes = claim.read(claims)
    except InvalidToken:
        return
    assert not attributes.unrestricted
