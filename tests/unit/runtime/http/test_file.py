from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from runtime.download import Download
from runtime.http.file import attachment, file

PLAIN = {
    b"content-type": b"application/pdf",
    b"content-disposition": b'attachment; filename="Emma.pdf"',
    b"accept-ranges": b"bytes",
    b"etag": b'"first edition"',
    b"x-content-type-options": b"nosniff",
}


class Pages:
    """A file that knows what was read of it, and whether it was closed."""

    def __init__(self, *, missing: int | None = None) -> None:
        self.asked: list[tuple[int, int]] = []
        self.closed = 0
        self._missing = missing

    def download(self) -> Download:
        return Download(self.content, 10, "Emma.pdf", "application/pdf", '"first edition"')

    async def content(self, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        self.asked.append((start, stop))
        try:
            for place in range(start, stop):
                if place == self._missing:
                    raise OSError("page missing")
                yield b"0123456789"[place : place + 1]
        finally:
            self.closed += 1


def asking(method: str = "GET", **headers: str) -> Request:
    return Request(
        {
            "type": "http",
            "method": method,
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
            ],
            "asgi": {"spec_version": "2.4"},
        }
    )


async def sent(request: Request, download: Download) -> tuple[int, dict[bytes, bytes], bytes]:
    """The status, the headers and the body that are sent."""
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def no_more() -> dict[str, Any]:
        raise AssertionError("nothing is read")

    response = await file(request, 200, download)
    await response(request.scope, no_more, send)
    body = b"".join(message["body"] for message in messages[1:])
    return messages[0]["status"], dict(messages[0]["headers"]), body


async def test_a_file_is_sent_with_all_that_is_to_be_known_of_it_and_is_closed() -> None:
    pages = Pages()
    answer = await sent(asking(), pages.download())
    assert answer == (200, PLAIN | {b"content-length": b"10"}, b"0123456789")
    assert (pages.asked, pages.closed) == ([(0, 10)], 1)


async def test_a_part_is_sent_alone() -> None:
    pages = Pages()
    status, headers, body = await sent(asking(range="bytes=2-4"), pages.download())
    assert (status, body) == (206, b"234")
    part = {b"content-length": b"3", b"content-range": b"bytes 2-4/10"}
    assert headers == PLAIN | part
    assert (pages.asked, pages.closed) == ([(2, 5)], 1)


async def test_a_part_of_another_version_is_the_whole() -> None:
    asked = asking(range="bytes=2-4", if_range='"second edition"')
    status, headers, body = await sent(asked, Pages().download())
    assert (status, body) == (200, b"0123456789")
    assert b"content-range" not in headers


async def test_a_part_behind_the_end_is_refused_and_nothing_is_opened() -> None:
    pages = Pages()
    status, headers, body = await sent(asking(range="bytes=10-"), pages.download())
    assert (status, headers[b"content-range"]) == (416, b"bytes */10")
    assert b"the file has 10 bytes, and none of those that were asked for" in body
    assert pages.asked == []


async def test_head_is_answered_without_opening_the_file() -> None:
    pages = Pages()
    answer = await sent(asking("HEAD", range="bytes=2-4"), pages.download())
    assert answer == (200, PLAIN | {b"content-length": b"10"}, b"")
    assert pages.asked == []


async def test_an_empty_file_is_a_file() -> None:
    answer = await sent(asking(), Download.of(b"", "nothing.txt", "text/plain"))
    assert (answer[0], answer[1][b"content-length"], answer[2]) == (200, b"0", b"")


async def test_what_cannot_be_read_at_all_is_an_error_and_no_answer() -> None:
    pages = Pages(missing=0)
    with pytest.raises(OSError, match="page missing"):
        await file(asking(), 200, pages.download())
    assert pages.closed == 1


async def test_what_cannot_be_read_to_its_end_is_sent_without_an_end() -> None:
    pages = Pages(missing=5)
    response = await file(asking(), 200, pages.download())
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await response(asking().scope, send, send)  # type: ignore[arg-type]  # nothing is received
    assert b"".join(message["body"] for message in messages[1:]) == b"01234"
    assert all(message["more_body"] for message in messages[1:])
    assert pages.closed == 1


@pytest.mark.parametrize("gone_at", [0, 1, 3])
async def test_a_file_is_closed_when_its_receiver_goes_away(gone_at: int) -> None:
    pages = Pages()
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)
        if len(messages) > gone_at:
            raise OSError

    response = await file(asking(), 200, pages.download())
    with pytest.raises(ClientDisconnect):
        await response(asking().scope, send, send)  # type: ignore[arg-type]  # nothing is received
    assert pages.closed == 1


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("Emma-1.7z", 'attachment; filename="Emma-1.7z"'),
        ("100 %.7z", "attachment; filename=\"100 _.7z\"; filename*=UTF-8''100%20%25.7z"),
        ('a"b\\c\r\n', "attachment; filename=\"a_b_c__\"; filename*=UTF-8''a%22b%5Cc__"),
        ("é.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C3%A9.pdf"),
        ("\u202ezip.exe", 'attachment; filename="_zip.exe"'),
    ],
)
def test_a_name_that_is_not_plain_is_given_twice_and_what_does_not_print_never(
    filename: str, header: str
) -> None:
    assert attachment(filename) == header
