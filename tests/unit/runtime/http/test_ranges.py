from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from runtime.http.ranges import NotSatisfiable, wanted_part

ETAG = '"v1"'


def part(value: str, length: int = 10, if_range: str | None = None) -> tuple[int, int] | None:
    more = {} if if_range is None else {"if-range": if_range}
    return wanted_part(Headers({"range": value, **more}), length, ETAG)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-4", (2, 5)),
        ("bytes=2-", (2, 10)),
        ("bytes=9-", (9, 10)),
        ("bytes=0-9999999999", (0, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("Bytes = 2 - 4", (2, 5)),
    ],
)
def test_one_range_of_bytes_is_understood(value: str, wanted: tuple[int, int]) -> None:
    assert part(value) == wanted


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=10-11", "bytes=-0"])
def test_a_range_behind_the_end_is_not_satisfiable(value: str) -> None:
    with pytest.raises(NotSatisfiable):
        part(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=4-2",
        "bytes=a-b",
        "bytes=1-2,4-5",
        "bytes=+1-2",
        "bytes=1--2",
        "pages=1-2",
        "bytes=" + "9" * 5000 + "-",
        "bytes=\u0661-\u0662",
    ],
)
def test_what_is_no_single_range_is_ignored(value: str) -> None:
    assert wanted_part({"range": value}, 10, ETAG) is None


def test_without_a_range_the_whole_file_is_wanted() -> None:
    assert wanted_part({}, 10, ETAG) is None


@pytest.mark.parametrize("value", ['"v2"', 'W/"v1"', "v1", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_range_of_another_version_is_ignored(value: str) -> None:
    assert part("bytes=2-4", if_range=value) is None
    assert part("bytes=99-", if_range=value) is None


def test_a_range_of_this_version_is_served() -> None:
    assert part("bytes=2-4", if_range=ETAG) == (2, 5)


def test_a_file_without_a_version_cannot_be_gone_on_with() -> None:
    asked = Headers({"range": "bytes=2-4", "if-range": ETAG})
    assert wanted_part(asked, 10, None) is None
    assert wanted_part(Headers({"range": "bytes=2-4"}), 10, None) == (2, 5)


def test_of_an_empty_file_there_is_no_part() -> None:
    assert part("bytes=-5", length=0) is None
    with pytest.raises(NotSatisfiable):
        part("bytes=0-", length=0)


@given(st.text("bytes=0123456789-, x", max_size=20), st.integers(0, 50))
def test_whatever_is_asked_for_a_part_is_a_part(value: str, length: int) -> None:
    try:
        wanted = wanted_part({"range": value}, length, ETAG)
    except NotSatisfiable:
        return
    assert wanted is None or 0 <= wanted[0] < wanted[1] <= length
