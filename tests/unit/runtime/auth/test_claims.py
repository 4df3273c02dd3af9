from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.auth.attributes import EVERYTHING, NOTHING, Attributes
from runtime.auth.claims import UNRESTRICTED, Caller, Claims

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

text = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
attributes = st.one_of(
    st.just(EVERYTHING), st.just(NOTHING), st.frozensets(text, max_size=3).map(Attributes)
)
all_claims = st.builds(
    Claims,
    issuer=text,
    subject=text,
    email=text,
    email_verified=st.booleans(),
    preferred_username=text,
    name=text,
    attributes=attributes,
    issued_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(claims=all_claims)
def test_claims_come_back_from_a_store_as_they_went_in(claims: Claims) -> None:
    assert Claims.from_json(claims.to_json()) == claims


def test_no_rights_and_every_right_stay_what_they_are() -> None:
    assert Claims.from_json(Claims(attributes=NOTHING).to_json()).attributes == NOTHING
    assert Claims.from_json(UNRESTRICTED.to_json()).attributes == EVERYTHING


@pytest.mark.parametrize("key", ["attributes", "expires_at", "issued_at", "subject"])
def test_stored_claims_that_lack_a_key_are_refused(key: str) -> None:
    document = json.loads(Claims().to_json())
    del document[key]
    with pytest.raises(ValueError, match=key):
        Claims.from_json(json.dumps(document).encode())


@pytest.mark.parametrize("document", [b"", b"null", b"{}", b'""', b"not json"])
def test_what_is_no_claims_document_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Claims.from_json(document)


def test_claims_are_expired_from_their_last_instant_on() -> None:
    claims = Claims(expires_at=NOON)
    assert not claims.expired(NOON - timedelta(microseconds=1))
    assert claims.expired(NOON)
    assert not Claims(expires_at=None).expired(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        (Claims(email="a@example.org", preferred_username="a", name="Ann"), "a@example.org"),
        (Claims(preferred_username="a", name="Ann"), "a"),
        (Claims(name="Ann", subject="17"), "Ann"),
        (Claims(subject="17", issuer="x"), ""),
    ],
)
def test_people_see_email_else_user_name_else_full_name(claims: Claims, shown: str) -> None:
    assert claims.display_name == shown


def test_background_work_acts_under_its_own_name_and_may_do_everything() -> None:
    caller = Caller.background("stocktaking")
    assert (caller.operation, caller.claims.subject) == ("stocktaking", "stocktaking")
    assert caller.claims.attributes == EVERYTHING
