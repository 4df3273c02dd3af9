from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from runtime.client.values import document, fill, pairs, text
from tests.unit.runtime.http.library import BOOK, Book, Genre

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a b", "a b"),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (1.5, "1.5"),
        (BOOK, str(BOOK)),
        (Genre.PLAY, "stage play"),
        (NOON, "2026-01-02T12:00:00Z"),
        (NOON.astimezone(timezone(timedelta(hours=1))), "2026-01-02T13:00:00+01:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (b"\xff", "/w=="),
    ],
)
def test_a_parameter_is_said_as_the_service_reads_it(value: object, said: str) -> None:
    assert text(value) == said


def test_a_path_is_filled_in_with_nothing_that_could_change_it() -> None:
    assert fill("/a/{b}/{c}", {"b": "x/../y?z", "c": "é"}) == "/a/x%2F..%2Fy%3Fz/%C3%A9"


def test_what_is_none_is_left_out_and_a_list_is_repeated() -> None:
    assert pairs({"a": None, "b": [1, 2], "c": "", "d": []}) == [("b", "1"), ("b", "2"), ("c", "")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (Book(title="é", uuid=BOOK), f'{{"title":"é","uuid":"{BOOK}","genre":"novel"}}'),
        ([Genre.PLAY], '["stage play"]'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_a_body_is_compact_json(body: Any, said: str) -> None:
    assert document(body) == said.encode()
