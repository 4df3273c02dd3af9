from __future__ import annotations

import httpx2
import pytest

from runtime.http.own_pages import OwnPages
from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import Library, library_app

FRIEND = "https://reader.example"


@pytest.fixture
def client(library: Library, connect: Connect) -> httpx2.AsyncClient:
    app = library_app(library)
    app.add_middleware(OwnPages, origins=[FRIEND, "http://*.friends.example"])
    return connect(app)


async def status(client: httpx2.AsyncClient, **headers: str) -> int:
    return (await client.get("/library/hours", headers=headers)).status_code


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9000", "127.8.8.8", "localhost", "LocalHost:9000", "[::1]:9000"]
)
async def test_what_comes_from_no_page_is_served_at_every_name_of_loopback(
    client: httpx2.AsyncClient, host: str
) -> None:
    assert await status(client, host=host) == 200


async def test_its_own_pages_are_served(client: httpx2.AsyncClient) -> None:
    assert await status(client, host="127.0.0.1:9000", origin="http://127.0.0.1:9000") == 200


async def test_allowed_pages_are_served_at_loopback_and_at_their_own_name(
    client: httpx2.AsyncClient,
) -> None:
    assert await status(client, host="127.0.0.1:9000", origin=FRIEND) == 200
    assert await status(client, host="reader.example", origin=FRIEND) == 200
    assert await status(client, host="a.friends.example") == 200


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "", "http://127.0.0.1:80"])
async def test_a_foreign_page_is_told_what_to_allow(
    client: httpx2.AsyncClient, origin: str
) -> None:
    answer = await client.get(
        "/library/hours", headers={"host": "127.0.0.1:9000", "origin": origin}
    )
    assert answer.status_code == 403
    assert "allow the origin" in answer.json()["message"]


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:9000",
        "127.0.0.1.rebound.example",
        "[::1",
        "10.0.0.1",
        "",
    ],
)
async def test_a_name_that_was_made_to_lead_here_is_refused(
    client: httpx2.AsyncClient, host: str
) -> None:
    assert await status(client, host=host, origin=f"http://{host}") == 403
    assert await status(client, host=host) == 403
