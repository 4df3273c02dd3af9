from __future__ import annotations

import httpx2
import pytest

from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import Library, library_app

PAGE = "https://reader.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST"}


@pytest.fixture
def client(library: Library, connect: Connect) -> httpx2.AsyncClient:
    return connect(library_app(library, cors_origins=[PAGE, "https://*.friends.example"]))


def cors_headers(answer: httpx2.Response) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [PAGE, "https://a.friends.example"])
@pytest.mark.parametrize(
    ("path", "status"), [("/library/hours", 200), ("/library/books", 401), ("/nowhere", 404)]
)
async def test_a_configured_page_may_read_every_answer(
    client: httpx2.AsyncClient, origin: str, path: str, status: int
) -> None:
    answer = await client.get(path, headers={"Origin": origin})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["vary"] == "Origin"
    assert cors_headers(answer) == {
        "access-control-allow-origin",
        "access-control-expose-headers",
    }


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", f"{PAGE}:8443", ""])
async def test_any_other_page_is_served_without_leave_to_read(
    client: httpx2.AsyncClient, origin: str
) -> None:
    answer = await client.get("/library/hours", headers={"Origin": origin})
    assert answer.status_code == 200
    assert cors_headers(answer) == set()


async def test_a_preflight_says_what_a_configured_page_may_send(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.options("/library/books", headers={"Origin": PAGE, **PREFLIGHT})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"].split(", ") == [
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
    ]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_preflight_of_any_other_page_says_nothing(client: httpx2.AsyncClient) -> None:
    answer = await client.options(
        "/library/books", headers={"Origin": "https://elsewhere.example", **PREFLIGHT}
    )
    assert answer.status_code == 204
    assert cors_headers(answer) == set()
