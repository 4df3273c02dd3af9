from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import BOOK, Library, library_app
from tests.unit.runtime.http.serving import served
from tests.unit.runtime.http.wire import book, told

HEADERS = {"Authorization": "Bearer *"}
SMALL = b'{"title":"Emma","uuid":"%s"}' % str(BOOK).encode()


@pytest.fixture
def limited(library: Library, connect: Connect) -> httpx2.AsyncClient:
    return connect(library_app(library, body_limit=len(SMALL)))


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 10):
        yield body[start : start + 10]


async def test_a_body_may_be_as_large_as_the_limit(limited: httpx2.AsyncClient) -> None:
    for body in (SMALL, chunks(SMALL)):
        answer = await limited.post("/library/books", content=body, headers=HEADERS)
        assert answer.status_code == 201


async def test_a_larger_body_is_refused_whether_it_says_so_or_not(
    limited: httpx2.AsyncClient, library: Library
) -> None:
    for body in (SMALL + b" ", chunks(SMALL + b" ")):
        answer = await limited.post("/library/books", content=body, headers=HEADERS)
        assert answer.status_code == 413
        assert answer.json()["name"] == "body_too_large"
    assert library.calls == []


async def test_a_body_that_dribbles_is_answered_408_and_its_connection_closed(
    library: Library,
) -> None:
    async with served(library_app(library, body_seconds=0.5)) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /library/books HTTP/1.1\r\nHost: x\r\nContent-Length: {len(SMALL)}\r\n"
        writer.write(head.encode() + b"Authorization: Bearer *\r\n\r\n" + SMALL[:1])
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    body = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (body["name"], body["timeout"]) == ("request_timeout", True)
    assert body["message"] == "the body did not arrive within 0.5 s"
    assert library.calls == []


async def test_a_body_that_takes_its_time_within_the_limit_is_read(library: Library) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for chunk in (SMALL[:10], SMALL[10:]):
            yield chunk
            await asyncio.sleep(0.05)

    async with (
        served(library_app(library, body_seconds=30)) as address,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.post(f"{address}/library/books", content=slowly(), headers=HEADERS)
    assert answer.status_code == 201


async def test_without_a_setting_the_limit_is_one_mebibyte(client: httpx2.AsyncClient) -> None:
    for size, status in ((1024 * 1024, 400), (1024 * 1024 + 1, 413)):
        answer = await client.post("/library/books", content=b" " * size)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (book(), {}),
        (book(b',"unknown":{"a":[1]}'), {}),
        (book(b',"title":"Evelina"'), {"title": "Evelina"}),
        (book(b',"bought_at":"2026-01-02T03:04:05Z"'), {"bought_at": "2026-01-02T03:04:05Z"}),
        (book(b',"printed":"2026-01-02","price":1'), {"printed": "2026-01-02", "price": 1.0}),
        (book(b',"genre":null,"isbn":null,"tags":null,"place":null'), {}),
        (book(b',"genre":"stage play","pages":3'), {"genre": "stage play", "pages": 3}),
        (
            book(b',"place":{"type":"shelf","value":{"room":"A"}}'),
            {"place": {"type": "shelf", "value": {"room": "A"}}},
        ),
        (b" \n" + book() + b"\n ", {}),
        (book(b',"title":"\xc3\xa9\\u00e9"'), {"title": "éé"}),
    ],
)
async def test_a_body_is_understood(
    client: httpx2.AsyncClient, body: bytes, changes: dict[str, Any]
) -> None:
    answer = await client.post("/library/books", content=body)
    assert answer.status_code == 201
    assert answer.json() == {"title": "Emma", "uuid": str(BOOK), "genre": "novel"} | changes


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (b"", "missing_payload", "missing required payload"),
        (b"{}", "missing_field", '"title" is missing from body; "uuid" is missing from body'),
        (b"null", "missing_field", '"title" is missing from body; "uuid" is missing from body'),
        (b'{"title":null,"uuid":null}', "missing_field", '"title" is missing from body; "uuid" is'),
        (
            b'{"genre":"x","title":"much too long"}',
            "missing_field",
            '"uuid" is missing from body; length of body.title must be lesser or equal than 10'
            ' but it is 13; value of body.genre must be one of "novel",'
            ' "stage play" but got value "x"',
        ),
        (
            book(b',"uuid":"x"'),
            "invalid_format",
            'body.uuid must be formatted as a uuid but got value "x", ',
        ),
        (
            book(b',"uuid":"00000000-0000-0000-0000-000000000000"'),
            "invalid_format",
            'but got value "00000000-0000-0000-0000-000000000000", must not be the nil UUID',
        ),
        (book(b',"uuid":""'), "invalid_format", "body.uuid must be formatted as a uuid"),
        (book(b',"genre":""'), "invalid_enum_value", 'but got value ""'),
        (
            book(b',"isbn":"12a"'),
            "invalid_pattern",
            'body.isbn must match the regexp "^[0-9]+$" but got value "12a"',
        ),
        (
            book(b',"pages":0'),
            "invalid_range",
            "body.pages must be greater or equal than 1 but got value 0",
        ),
        (book(b',"pages":false'), "decode_payload", "body.pages must be an integer"),
        (book(b',"pages":"3"'), "decode_payload", "body.pages must be an integer"),
        (book(b',"pages":1.5'), "decode_payload", "body.pages must be an integer"),
        (
            book(b',"pages":9223372036854775808'),
            "invalid_range",
            "body.pages must be lesser or equal than 9223372036854775807",
        ),
        (book(b',"pages":' + b"9" * 4000), "invalid_range", "must be lesser or equal than"),
        (book(b',"pages":' + b"9" * 5000), "decode_payload", "number out of range"),
        (book(b',"price":NaN'), "decode_payload", "body.price must be a number"),
        (book(b',"price":1e999'), "decode_payload", "body.price must be a number"),
        (book(b',"bought_at":1767322800'), "decode_payload", "body.bought_at must be a string"),
        (book(b',"bought_at":1767322800.5'), "decode_payload", "body.bought_at must be a string"),
        (book(b',"printed":20000'), "decode_payload", "body.printed must be a string"),
        *(
            (
                book(b',"bought_at":"%s"' % text.encode()),
                "invalid_format",
                f'body.bought_at must be formatted as a date-time but got value "{text}", ',
            )
            for text in (
                "1767322800",
                "2026-01-02",
                "2026-01-02T03:04:05",
                "2026-01-02t03:04:05z",
                "2026-01-02 03:04:05Z",
                "2026-01-02T03:04Z",
                "2026-02-30T03:04:05Z",
                "2026-01-02T03:04:05+0100",
            )
        ),
        *(
            (
                book(b',"printed":"%s"' % text.encode()),
                "invalid_format",
                f'body.printed must be formatted as a date but got value "{text}", ',
            )
            for text in ("20000", "2026-1-2", "2026-01-02T00:00:00", "2026-02-30", "")
        ),
        (book(b',"rare":1'), "decode_payload", "body.rare must be a boolean"),
        (book(b',"title":5'), "decode_payload", "body.title must be a string"),
        (book(b',"uuid":5'), "decode_payload", "body.uuid must be a string"),
        (book(b',"tags":"a"'), "decode_payload", "body.tags must be an array"),
        (
            book(b',"tags":["a",null,5]'),
            "decode_payload",
            "body.tags[1] must be a string; body.tags[2] must",
        ),
        (
            b'{"uuid":5}',
            "decode_payload",
            'body.uuid must be a string; "title" is missing from body',
        ),
        (b"[]", "decode_payload", "body must be an object"),
        (b'"text"', "decode_payload", "body must be an object"),
        (b"{", "decode_payload", "body is not JSON: "),
        (b"{} {}", "decode_payload", "body is not JSON: "),
        (b'{"title":"\xff"}', "decode_payload", "body is not JSON: "),
        (b"[" * 100_000, "decode_payload", "body is not JSON: "),
        (
            book(b',"place":{"type":"moon","value":{}}'),
            "decode_payload",
            "body.place: Input tag 'moon'",
        ),
        (book(b',"place":{"value":{}}'), "decode_payload", "body.place: Unable to extract tag"),
        (book(b',"place":{"type":"shelf"}'), "missing_field", '"value" is missing from body.place'),
        (
            book(b',"place":{"type":"shelf","value":{"room":null}}'),
            "missing_field",
            '"room" is missing from body.place.value',
        ),
        (
            book(b',"place":{"type":"lent","value":{"lent":"x"}}'),
            "decode_payload",
            "body.place.value.lent must be an integer",
        ),
    ],
)
async def test_a_wrong_body_is_told(
    client: httpx2.AsyncClient, library: Library, body: bytes, name: str, message: str
) -> None:
    status, told_name, told_message = told(await client.post("/library/books", content=body))
    assert (status, told_name) == (400, name)
    assert message in told_message
    assert library.calls == []


@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "application/json; charset=utf-8", "Application/JSON"],
)
async def test_a_body_is_json_where_nothing_else_is_said(
    client: httpx2.AsyncClient, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = await client.post("/library/books", content=book(), headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("content_type", "status", "name"),
    [
        ("application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("application/xml", 415, "unsupported_media_type"),
        ("nonsense", 415, "unsupported_media_type"),
        ("text/plain", 400, "decode_payload"),
        ("text/html; charset=utf-8", 400, "decode_payload"),
    ],
)
async def test_a_body_of_another_media_type_is_refused(
    client: httpx2.AsyncClient, content_type: str, status: int, name: str
) -> None:
    headers = {"Content-Type": content_type}
    answer = await client.post("/library/books", content=book(), headers=headers)
    assert told(answer)[:2] == (status, name)


@pytest.mark.parametrize(("body", "room"), [(b"", None), (b"null", None), (b'{"room":"A"}', "A")])
async def test_a_body_that_is_not_required_may_be_left_out(
    client: httpx2.AsyncClient, library: Library, body: bytes, room: str | None
) -> None:
    answer = await client.post("/library/hold", content=body)
    assert answer.status_code == 202
    seen = library.calls[0]["body"]
    assert (seen and seen.room) == room


async def test_where_no_body_is_asked_for_none_is_looked_at(client: httpx2.AsyncClient) -> None:
    answer = await client.post(
        f"/library/books/{BOOK}/scan", content=b"{nonsense", headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (book(b',"title":"a\\u0000b"'), "body.title"),
        (book(b',"tags":["a","\\u0000"]'), "body.tags[1]"),
        (book(b',"isbn":null,"tags":["\\u0000"]'), "body.tags[0]"),
    ],
)
async def test_a_character_that_not_every_database_keeps_is_refused(
    client: httpx2.AsyncClient, library: Library, body: bytes, place: str
) -> None:
    answer = await client.post("/library/books", content=body, headers=HEADERS)
    assert (answer.status_code, answer.json()["name"]) == (400, "invalid_format")
    assert answer.json()["message"] == f"{place} must not hold the character U+0000"
    assert library.calls == []


async def test_what_is_ignored_may_hold_any_character(client: httpx2.AsyncClient) -> None:
    body = book(b',"unknown":{"\\u0000":"\\u0000"}')
    answer = await client.post("/library/books", content=body, headers=HEADERS)
    assert answer.status_code == 201


async def test_a_backslash_before_u0000_is_a_text_like_any_other(
    client: httpx2.AsyncClient,
) -> None:
    body = book(b',"title":"a\\\\u0000b"')
    answer = await client.post("/library/books", content=body, headers=HEADERS)
    assert answer.status_code == 201
