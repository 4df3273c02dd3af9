from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from tests.unit.runtime.http.library import Genre, Library
from tests.unit.runtime.http.wire import told


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("limit=", {}),
        ("limit=&limit=5", {}),
        ("limit=5&limit=6", {"limit": 5}),
        ("limit=%2B5", {"limit": 5}),
        ("limit=-5", {"limit": -5}),
        ("limit=007", {"limit": 7}),
        ("limit=9223372036854775807", {"limit": 2**63 - 1}),
        ("limit=-9223372036854775808", {"limit": -(2**63)}),
        ("unknown=1", {}),
        ("query=a+b%26c", {"query": "a b&c"}),
        ("query=%C3%A9", {"query": "é"}),
        ("genre=stage+play", {"genre": Genre.PLAY}),
        ("price=1.5", {"price": 1.5}),
        ("rare=true", {"rare": True}),
        ("rare=0", {"rare": False}),
        ("tag=a&tag=&tag=b", {"tag": ["a", "b"]}),
        ("tag=", {}),
        ("year=1999&year=-5", {"year": [1999, -5]}),
        ("since=2026-01-02T03:04:05Z", {"since": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}),
        ("since=0001-01-01T00:00:00Z", {"since": datetime(1, 1, 1, tzinfo=UTC)}),
        (
            "since=2026-01-02T04:04:05.5%2B01:00",
            {"since": datetime(2026, 1, 2, 3, 4, 5, 500000, UTC)},
        ),
    ],
)
async def test_a_query_is_understood(
    client: httpx2.AsyncClient, library: Library, query: str, values: dict[str, Any]
) -> None:
    answer = await client.get(f"/library/books?{query}")
    assert answer.status_code == 200
    library.calls[0].pop("caller")
    assert library.calls[0] == values


INTEGER = 'invalid value "{}" for "limit", must be a integer'


@pytest.mark.parametrize(
    ("path", "name", "message"),
    [
        *(
            (f"/books?limit={value}", "invalid_field_type", INTEGER.format(value))
            for value in ("x", "1.5", "1.0", "false", "0x10", "1_000", "--5", "9223372036854775808")
        ),
        ("/books?limit=+5", "invalid_field_type", INTEGER.format(" 5")),
        (f"/books?limit={'9' * 400}", "invalid_field_type", f'"{"9" * 199}… for "limit"'),
        ("/books?price=nan", "invalid_field_type", 'for "price", must be a float'),
        ("/books?price=1e999", "invalid_field_type", 'for "price", must be a float'),
        ("/books?rare=yes", "invalid_field_type", 'for "rare", must be a boolean'),
        ("/books?year=1&year=x", "invalid_field_type", 'invalid value "x" for "year"'),
        (
            "/books?genre=x",
            "invalid_enum_value",
            'value of genre must be one of "novel", "stage play" but got value "x"',
        ),
        (
            "/books?since=yesterday",
            "invalid_format",
            'since must be formatted as a date-time but got value "yesterday"',
        ),
        *(
            (f"/books?since={value}", "invalid_format", "since must be formatted as a date-time")
            for value in (
                "1767322800",
                "2026-01-02",
                "2026-01-02T03:04:05",
                "2026-01-02t03:04:05z",
                "2026-01-02%2003:04:05Z",
                "2026-02-30T03:04:05Z",
                "2026-01-02T25:04:05Z",
                "0000-12-31T23:59:59Z",
                "0001-01-01T00:00:00%2B14:00",
                "9999-12-31T23:59:59-00:01",
            )
        ),
        (
            "/books/nonsense",
            "invalid_format",
            'uuid must be formatted as a uuid but got value "nonsense", ',
        ),
        ("/books?query=a%00b", "invalid_format", "query must not hold the character U+0000"),
        ("/search?page=1", "missing_field", '"words" is missing from query string'),
        ("/search?words=a&page=0", "invalid_range", "page must be greater or equal than 1"),
        (
            "/search?limit=x&page=y",
            "missing_field",
            '"words" is missing from query string; invalid value "y" for "page", must be a integer;'
            ' invalid value "x" for "limit", must be a integer',
        ),
    ],
)
async def test_a_wrong_parameter_is_told(
    client: httpx2.AsyncClient, library: Library, path: str, name: str, message: str
) -> None:
    status, told_name, told_message = told(await client.get(f"/library{path}"))
    assert (status, told_name) == (400, name)
    assert message in told_message
    assert library.calls == []


async def test_parameters_come_from_headers_and_defaults_too(
    client: httpx2.AsyncClient, library: Library
) -> None:
    answer = await client.get("/library/search?words=a&page=2", headers={"X-Reader": "ann"})
    assert answer.status_code == 200
    library.calls[0].pop("caller")
    assert library.calls[0] == {"words": "a", "page": 2, "x_reader": "ann", "limit": 20}
