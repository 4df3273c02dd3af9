from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from runtime.http.app import install, new_app
from tests.unit.runtime.http.serving import served


@pytest.fixture
def app() -> FastAPI:
    app = new_app()
    install(app)

    @app.post("/letters")
    async def letters() -> PlainTextResponse:
        return PlainTextResponse("taken")

    return app


async def answers_to(address: str, request: bytes) -> bytes:
    """Send a request and all that follows it, and read until the server closes."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    async with asyncio.timeout(10):
        answers = await reader.read()
    writer.close()
    return answers


async def test_a_request_of_two_lengths_is_refused_and_nothing_after_it_is_read(
    app: FastAPI,
) -> None:
    smuggled = b"POST /letters HTTP/1.1\r\nHost: us\r\n\r\n"
    request = (
        b"POST /letters HTTP/1.1\r\nHost: us\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    async with served(app) as address:
        answers = await answers_to(address, request + smuggled)
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1
    assert b"taken" not in answers


@pytest.mark.parametrize(
    "framing",
    [b"Content-Length: 5\r\n\r\n12345", b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"],
)
async def test_a_request_of_one_length_is_taken(app: FastAPI, framing: bytes) -> None:
    request = b"POST /letters HTTP/1.1\r\nHost: us\r\nConnection: close\r\n" + framing
    async with served(app) as address:
        answers = await answers_to(address, request)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert answers.endswith(b"taken")
