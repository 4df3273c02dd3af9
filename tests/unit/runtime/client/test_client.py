from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI, Response
from structlog.testing import capture_logs

from runtime.client.errors import UnexpectedAnswer, Unreachable
from runtime.errors import ServiceError
from tests.unit.runtime.client.library_client import LibraryClient
from tests.unit.runtime.http.library import (
    BOOK,
    Book,
    Forbidden,
    Genre,
    Gone,
    Library,
    NotAvailable,
    NotFound,
    Shelf,
    Unauthorized,
)
from tests.unit.runtime.http.serving import served

EMMA = Book(title="Emma", uuid=BOOK)


async def test_a_result_is_what_the_design_says(client: LibraryClient) -> None:
    assert await client.show_book(uuid=BOOK) == EMMA
    assert await client.list_books() == [EMMA]


async def test_a_body_is_sent_as_json(client: LibraryClient, library: Library) -> None:
    book = Book(title="Emma é", uuid=BOOK, genre=Genre.PLAY, tags=["a"])
    assert await client.add_book(book) == book
    assert library.calls[0]["body"] == book


async def test_a_body_may_be_left_out(client: LibraryClient, library: Library) -> None:
    await client.hold()
    await client.hold(Shelf(room="A"))
    assert [call["body"] for call in library.calls] == [None, Shelf(room="A")]


async def test_a_query_says_what_was_given_and_no_more(
    client: LibraryClient, library: Library
) -> None:
    since = datetime(2026, 1, 2, 4, tzinfo=timezone(timedelta(hours=1)))
    await client.list_books(
        query="a&b=c é+", genre=Genre.PLAY, since=since, limit=-5, rare=True, tag=["x", "y z"]
    )
    await client.list_books()
    for call in library.calls:
        call.pop("caller")
    assert library.calls == [
        {
            "query": "a&b=c é+",
            "genre": Genre.PLAY,
            "since": datetime(2026, 1, 2, 3, tzinfo=UTC),
            "limit": -5,
            "rare": True,
            "tag": ["x", "y z"],
        },
        {},
    ]


async def test_a_point_in_time_without_an_offset_is_not_sent(client: LibraryClient) -> None:
    with pytest.raises(ValueError, match="offset"):
        await client.list_books(since=datetime(2026, 1, 2))


async def test_a_parameter_cannot_leave_its_place_in_the_path(
    client: LibraryClient, library: Library
) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        await client.show_book(uuid="../hours?x=#y")
    assert caught.value.status in (400, 404)
    assert library.calls == []


@pytest.mark.parametrize(
    "error",
    [NotFound(Gone(message="gone", uuid=BOOK)), NotAvailable("lent"), Unauthorized(), Forbidden()],
)
async def test_a_declared_error_is_raised_again(
    client: LibraryClient, library: Library, error: ServiceError
) -> None:
    library.error = error
    with pytest.raises(type(error)) as caught:
        await client.show_book(uuid=BOOK)
    assert caught.value.document() == error.document()


async def test_any_other_error_is_an_unexpected_answer(
    client: LibraryClient, library: Library
) -> None:
    library.error = RuntimeError("secret")
    with capture_logs(), pytest.raises(UnexpectedAnswer, match="internal error") as caught:
        await client.show_book(uuid=BOOK)
    assert caught.value.status == 500


async def test_a_client_without_a_good_token_is_told(address: str) -> None:
    for token in (None, "", "bad"):
        async with LibraryClient(address, token=token) as client:
            with pytest.raises(Unauthorized):
                await client.show_book(uuid=BOOK)


async def test_a_token_may_be_asked_for_before_each_request(address: str, library: Library) -> None:
    tokens = iter(["a", "b", "c", "d"])

    async def fresh() -> str:
        await asyncio.sleep(0)
        return next(tokens)

    for token in (fresh, lambda: next(tokens)):
        async with LibraryClient(address, token=token) as client:
            await client.show_book(uuid=BOOK)
            await client.show_book(uuid=BOOK)
    held = [call["caller"].claims.attributes.names for call in library.calls]
    assert held == [{"a"}, {"b"}, {"c"}, {"d"}]


async def test_a_download_is_read_with_its_ticket(client: LibraryClient) -> None:
    ticket = await client.request_scan(uuid=BOOK)
    assert ticket is not None
    assert ticket.value not in repr(ticket)
    async with client.scan(ticket, uuid=BOOK) as download:
        assert (download.length, download.filename) == (10, "Emma.pdf")
        assert download.media_type == "application/pdf"
        assert b"".join([chunk async for chunk in download.content]) == b"1234567890"
    with pytest.raises(Unauthorized):
        async with client.scan(ticket, uuid=BOOK):
            pass


async def test_with_access_control_off_there_is_no_ticket(open_address: str) -> None:
    async with LibraryClient(open_address) as client:
        ticket = await client.request_scan(uuid=BOOK)
        assert ticket is None
        async with client.scan(ticket, uuid=BOOK) as download:
            assert [chunk async for chunk in download.content]


async def test_a_service_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with LibraryClient(f"http://127.0.0.1:{port}", token="secret") as client:
        with pytest.raises(Unreachable) as caught:
            await client.show_book(uuid=BOOK)
    assert "secret" not in str(caught.value)


async def test_a_service_that_does_not_answer_in_time_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        async with LibraryClient(f"http://127.0.0.1:{port}", timeout=0.05) as client:
            with pytest.raises(Unreachable):
                await client.show_book(uuid=BOOK)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>proxy</html>"),
        (200, b'{"title":5}'),
        (204, b""),
        (302, b""),
        (404, b"not ours"),
        (401, b'{"another":"body"}'),
        (409, b'{"name":"another","id":"x","message":"y"}'),
    ],
)
async def test_an_answer_that_is_not_of_the_design_is_unexpected(status: int, body: bytes) -> None:
    app = FastAPI()

    @app.get("/library/books/{uuid}")
    async def proxy(uuid: UUID) -> Response:
        return Response(body, status)

    async with served(app) as address, LibraryClient(address, token="secret") as client:
        with pytest.raises(UnexpectedAnswer) as caught:
            await client.show_book(uuid=BOOK)
    assert (caught.value.status, caught.value.body) == (status, body)
    assert "secret" not in str(caught.value)


async def test_an_http_client_that_was_brought_along_is_not_closed(address: str) -> None:
    async with httpx2.AsyncClient() as http:
        async with LibraryClient(address + "/", token="*", http=http) as client:
            assert await client.show_book(uuid=BOOK) == EMMA
        assert not http.is_closed
