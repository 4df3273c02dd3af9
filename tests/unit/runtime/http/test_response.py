from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from runtime.download import Download
from runtime.http.response import attachment, empty, file, json
from tests.unit.runtime.http.library import BOOK, Book, Gone

Messages = list[dict[str, Any]]


async def no_more() -> dict[str, Any]:
    raise AssertionError("nothing is read")


@pytest.mark.parametrize(
    ("value", "document"),
    [
        (Gone(message="é<&>", uuid=BOOK), f'{{"message":"é<&>","uuid":"{BOOK}"}}\n'),
        ([], "[]\n"),
        (
            [Book(title="Emma", uuid=BOOK)],
            f'[{{"title":"Emma","uuid":"{BOOK}","genre":"novel"}}]\n',
        ),
        ({"done": True}, '{"done":true}\n'),
        ("Unauthorized", '"Unauthorized"\n'),
        (None, "null\n"),
    ],
)
def test_a_document_is_compact_json_and_one_line(value: object, document: str) -> None:
    response = json(201, value)
    assert response.status_code == 201
    assert response.body == document.encode()
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-length"] == str(len(document.encode()))


def test_an_answer_may_have_headers() -> None:
    assert json(200, [], {"event-position": "1-2"}).headers["event-position"] == "1-2"
    assert empty(202, {"event-position": "1-2"}).headers["event-position"] == "1-2"


def test_an_empty_answer_has_no_bytes_and_no_media_type() -> None:
    response = empty(202)
    assert (response.status_code, response.body) == (202, b"")
    assert response.headers["content-length"] == "0"
    assert "content-type" not in response.headers


class Pages:
    """A file that knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"12345"
        yield b"67890"

    async def content(self) -> AsyncIterator[bytes]:
        try:
            async for page in self:
                yield page
        finally:
            self.closed = True


async def test_a_file_is_sent_with_type_length_and_name_and_is_closed() -> None:
    pages = Pages()
    sent: Messages = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
    response = file(200, Download(pages.content(), 10, "Emma.pdf", "application/pdf"))
    await response(scope, no_more, send)
    assert dict(sent[0]["headers"]) == {
        b"content-type": b"application/pdf",
        b"content-length": b"10",
        b"content-disposition": b'attachment; filename="Emma.pdf"',
    }
    assert b"".join(message["body"] for message in sent[1:]) == b"1234567890"
    assert pages.closed


async def test_a_file_is_closed_when_its_receiver_goes_away() -> None:
    pages = Pages()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError

    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
    response = file(200, Download(pages.content(), 10, "Emma.pdf", "application/pdf"))
    with pytest.raises(ClientDisconnect):
        await response(scope, no_more, send)
    assert pages.closed


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("Emma-1.7z", 'attachment; filename="Emma-1.7z"'),
        ('a"b\\c\r\n', "attachment; filename=\"a_b_c__\"; filename*=UTF-8''a%22b%5Cc%0D%0A"),
        ("é.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C3%A9.pdf"),
    ],
)
def test_a_name_that_is_not_plain_is_given_twice(filename: str, header: str) -> None:
    assert attachment(filename) == header
