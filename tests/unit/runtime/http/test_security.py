from __future__ import annotations

import pytest

from runtime.http.security import bearer_token


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({"authorization": ""}, ""),
        ({"authorization": "Bearer "}, ""),
        ({"authorization": "Bearer a b"}, "a b"),
        ({"authorization": "Basic a"}, "a"),
        ({"authorization": "a"}, "a"),
    ],
)
def test_a_token_is_what_follows_the_first_space(headers: dict[str, str], token: str) -> None:
    assert bearer_token(headers) == token
