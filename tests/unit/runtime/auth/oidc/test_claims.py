from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.auth.attributes import EVERYTHING, NOTHING, Attributes
from runtime.auth.claims import Claims
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.oidc.claims import read_claims
from runtime.auth.oidc.provider import Provider
from runtime.auth.tokens import InvalidToken

NOW = 1_767_355_200.0
PROVIDER = Provider(
    issuer="https://id.test",
    audiences=("archive", "workers"),
    attributes=AttributeClaim(path="rights"),
    not_before_leeway=300,
)
GOOD: dict[str, Any] = {
    "aud": "archive",
    "exp": NOW + 60,
    "sub": "17",
    "email": "ann@example.org",
    "email_verified": True,
    "preferred_username": "ann",
    "name": "Ann",
    "rights": ["read"],
}


def said(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (GOOD | changes).items() if value is not ...}


def test_a_good_token_proves_what_it_says() -> None:
    assert read_claims(GOOD, PROVIDER, NOW) == Claims(
        issuer="https://id.test",
        subject="17",
        email="ann@example.org",
        email_verified=True,
        preferred_username="ann",
        name="Ann",
        attributes=Attributes.of(["read"]),
        expires_at=datetime.fromtimestamp(NOW + 60, UTC),
    )


@pytest.mark.parametrize(
    ("iat", "issued_at"),
    [
        (NOW - 5, datetime.fromtimestamp(NOW - 5, UTC)),
        (..., None),
        ("whenever", None),
        (1e300, None),
        (True, None),
    ],
)
def test_when_a_token_was_issued_is_known_if_it_says_so(
    iat: object, issued_at: datetime | None
) -> None:
    assert read_claims(said(iat=iat), PROVIDER, NOW).issued_at == issued_at


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["archive"]},
        {"aud": ["other", "workers"]},
        {"aud": [1, None, "archive"]},
        {"exp": NOW + 0.5},
        {"exp": 253402300799},
        {"nbf": NOW},
        {"nbf": NOW + 300},
        {"nbf": -1},
        {"nbf": None},
        {"iat": NOW + 10_000},
        {"iat": "whenever"},
        {"azp": "other", "typ": "ID", "scope": ""},
        {"sub": ...},
        {"email": ..., "name": None, "preferred_username": ...},
    ],
    ids=str,
)
def test_these_tokens_are_good_too(changes: dict[str, Any]) -> None:
    assert read_claims(said(**changes), PROVIDER, NOW).attributes == Attributes.of(["read"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": ...}, "its aud does not hold archive or workers"),
        ({"aud": None}, "its aud does not hold"),
        ({"aud": ""}, "its aud does not hold"),
        ({"aud": "archives"}, "its aud does not hold"),
        ({"aud": "Archive"}, "its aud does not hold"),
        ({"aud": "archive workers"}, "its aud does not hold"),
        ({"aud": []}, "its aud does not hold"),
        ({"aud": [["archive"]]}, "its aud does not hold"),
        ({"aud": {"archive": "archive"}}, "its aud does not hold"),
        ({"exp": ...}, "it has no exp"),
        ({"exp": None}, "it has no exp"),
        ({"exp": NOW}, "it expired 0 s ago"),
        ({"exp": NOW - 90}, "it expired 90 s ago"),
        ({"exp": 0}, "it expired"),
        ({"exp": str(NOW + 60)}, "its exp is not a time"),
        ({"exp": True}, "its exp is not a time"),
        ({"exp": [NOW + 60]}, "its exp is not a time"),
        ({"exp": float("inf")}, "its exp is not a time"),
        ({"exp": float("nan")}, "its exp is not a time"),
        ({"exp": 10**400}, "its exp is not a time"),
        ({"exp": 1e300}, "its exp is not a time"),
        ({"nbf": NOW + 301}, "it is not good before 301 s from now"),
        ({"nbf": "now"}, "its nbf is not a time"),
        ({"email_verified": ...}, "its email_verified is not true"),
        ({"email_verified": False}, "its email_verified is not true"),
        ({"email_verified": "true"}, "its email_verified is not true"),
        ({"email_verified": 1}, "its email_verified is not true"),
        ({"email_verified": None}, "its email_verified is not true"),
        ({"sub": 17}, "its sub is not text"),
        ({"email": ["ann@example.org"]}, "its email is not text"),
        ({"preferred_username": {}}, "its preferred_username is not text"),
        ({"name": True}, "its name is not text"),
        ({"sub": "a\0b"}, "its sub holds a character that cannot be kept"),
        ({"email": "\ud800"}, "its email holds a character that cannot be kept"),
        ({"rights": ...}, "it has no claim rights"),
        ({"rights": None}, "its claim rights is not a list"),
        ({"rights": "*"}, "its claim rights is not a list"),
        ({"rights": {"*": "*"}}, "its claim rights is not a list"),
    ],
    ids=str,
)
def test_these_are_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidToken, match=reason):
        read_claims(said(**changes), PROVIDER, NOW)


@pytest.mark.parametrize(
    ("value", "verified"),
    [(True, True), (False, False), ("true", False), (1, False), (None, False), (..., False)],
)
def test_where_nobody_asks_whether_the_address_is_verified_it_is_still_told_right(
    value: object, verified: bool
) -> None:
    lenient = replace(PROVIDER, skip_email_verified_check=True)
    assert read_claims(said(email_verified=value), lenient, NOW).email_verified is verified


def test_a_provider_without_access_control_grants_everything_in_so_many_words() -> None:
    open_ = replace(PROVIDER, attributes=EVERYTHING)
    assert read_claims(said(rights=...), open_, NOW).attributes == EVERYTHING


def test_a_token_that_lists_no_rights_has_none_and_keeps_none_through_a_store() -> None:
    claims = read_claims(said(rights=[]), PROVIDER, NOW)
    assert claims.attributes == NOTHING
    assert Claims.from_json(claims.to_json()).attributes == NOTHING


@pytest.mark.parametrize("skew", [-3600, -301, -60, 60])
def test_a_clock_ahead_of_the_providers_ends_tokens_early_and_one_behind_late(skew: int) -> None:
    # Issued now for a minute by a provider whose clock is right; ours is off by `skew`.
    token = said(nbf=NOW, exp=NOW + 60)
    accepted = -300 <= skew < 60
    try:
        read_claims(token, PROVIDER, NOW + skew)
    except InvalidToken:
        assert not accepted
    else:
        assert accepted
