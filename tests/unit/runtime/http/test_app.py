from __future__ import annotations

import httpx2
import pytest
from fastapi import FastAPI

from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import BOOK, Library, library_app

BOOK_PATH = f"/library/books/{BOOK}"


@pytest.mark.parametrize(
    "path",
    ["/", "/nowhere", "/library", "/library/books/", "//library/books", "/docs", "/openapi.json"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_an_unknown_path_is_404_and_never_a_redirect(
    client: httpx2.AsyncClient, path: str, method: str
) -> None:
    answer = await client.request(method, path)
    body = answer.json()
    assert answer.status_code == 404
    assert (body["name"], body["message"], body["fault"]) == ("fault", "404 page not found", True)
    assert list(body) == ["name", "id", "message", "temporary", "timeout", "fault"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/library/books", ["GET", "OPTIONS", "POST"]),
        ("HEAD", "/library/books", ["GET", "OPTIONS", "POST"]),
        ("POST", BOOK_PATH, ["GET", "OPTIONS", "PATCH"]),
        ("GET", "/library/hold", ["OPTIONS", "POST"]),
        ("BREW", "/library/books", ["GET", "OPTIONS", "POST"]),
    ],
)
async def test_a_known_path_answers_other_methods_with_what_it_allows(
    stranger: httpx2.AsyncClient, method: str, path: str, allowed: list[str]
) -> None:
    answer = await stranger.request(method, path)
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers.get_list("allow") == allowed
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("path", ["/library/books", BOOK_PATH, "/library/watch"])
async def test_options_on_a_known_path_is_204(stranger: httpx2.AsyncClient, path: str) -> None:
    answer = await stranger.options(path)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_plain_get_where_only_websocket_is_spoken_is_400(
    stranger: httpx2.AsyncClient,
) -> None:
    answer = await stranger.get("/library/watch")
    assert (answer.status_code, answer.json()["name"]) == (400, "bad_request")


async def test_a_fault_outside_every_operation_tells_nothing(
    library: Library, connect: Connect
) -> None:
    app: FastAPI = library_app(library)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret")

    answer = await connect(app).get("/broken")
    assert answer.status_code == 500
    assert answer.json()["name"] == "fault"
    assert "secret" not in answer.text


async def test_every_answer_carries_the_headers_of_the_application(
    library: Library, connect: Connect
) -> None:
    client = connect(library_app(library, headers={"X-Library-Version": "1.0"}))
    for path in ("/library/hours", "/library/books", "/nowhere"):
        assert (await client.get(path)).headers["x-library-version"] == "1.0"


def test_a_pattern_that_cannot_be_understood_stops_the_start(library: Library) -> None:
    for pattern in ("https://*.*.org", "/(/"):
        with pytest.raises(ValueError, match=r"star|regular expression"):
            library_app(library, cors_origins=[pattern])
