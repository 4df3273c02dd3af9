from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.auth.revocations import NoRevocations, Revocation

NOON = datetime(2026, 1, 2, 12, 0, 0, 400_000, tzinfo=UTC)
SECOND = NOON.replace(microsecond=0)
REVOCATION = Revocation(issuer="https://id.test", subject="ann", issued_before=NOON)


def claims(issued_at: datetime | None, **other: str) -> Claims:
    named = {"issuer": "https://id.test", "subject": "ann", **other}
    return Claims(issuer=named["issuer"], subject=named["subject"], issued_at=issued_at)


@pytest.mark.parametrize(
    ("issued_at", "covered"),
    [
        (SECOND - timedelta(days=1), True),
        (SECOND, True),  # in the same second: it may have been before
        (SECOND + timedelta(seconds=1), False),
        (None, True),
    ],
)
def test_tokens_issued_before_are_covered_and_those_that_do_not_say(
    issued_at: datetime | None, covered: bool
) -> None:
    assert REVOCATION.covers(claims(issued_at)) is covered


@pytest.mark.parametrize(
    "other", [{"subject": "ben"}, {"issuer": "https://elsewhere.test"}, {"subject": "Ann"}]
)
def test_nobody_else_is_covered(other: dict[str, str]) -> None:
    assert not REVOCATION.covers(claims(None, **other))


def test_nobody_in_particular_is_never_covered() -> None:
    assert not REVOCATION.covers(UNRESTRICTED)
    assert not NoRevocations().cover(claims(None))
