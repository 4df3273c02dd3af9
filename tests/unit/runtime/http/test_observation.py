"""What an observer is told."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest
from structlog.testing import capture_logs

from runtime.errors import ServiceError
from runtime.http.observation import Observation
from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import (
    BOOK,
    Book,
    Gone,
    Library,
    NotAvailable,
    NotFound,
    library_app,
    open_security,
)

SHOW = f"/library/books/{BOOK}"
EMMA = {"title": "Emma", "uuid": str(BOOK)}


@pytest.fixture
def seen() -> list[Observation]:
    return []


@pytest.fixture
def watched(library: Library, connect: Connect, seen: list[Observation]) -> httpx2.AsyncClient:
    """A reader of a library that is observed."""
    security = replace(open_security(), observer=seen.append)
    client = connect(library_app(library, security))
    client.headers["Authorization"] = "Bearer books:add"
    return client


async def test_it_is_told_who_asked_for_what_and_what_came_of_it(
    watched: httpx2.AsyncClient, seen: list[Observation]
) -> None:
    answer = await watched.patch(f"{SHOW}?limit=3", json=EMMA)

    [told] = seen
    assert (told.operation, told.status, told.reason) == ("change_book", 200, "")
    assert told.claims is not None
    assert told.claims.subject == "ann"
    assert told.resource == str(BOOK)
    assert told.given == {"uuid": BOOK, "limit": 3, "body": Book(title="Emma", uuid=BOOK)}
    assert told.document == answer.content
    assert told.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("token", "known", "status", "reason"),
    [
        ("bad", False, 401, "no good token"),
        ("books:burn", True, 403, "lacks what the operation requires"),
    ],
)
async def test_it_is_told_who_is_not_let_in_and_why(
    watched: httpx2.AsyncClient,
    seen: list[Observation],
    token: str,
    known: bool,
    status: int,
    reason: str,
) -> None:
    watched.headers["Authorization"] = f"Bearer {token}"
    await watched.post("/library/books", json=EMMA)

    [told] = seen
    assert (told.operation, told.status, told.reason) == ("add_book", status, reason)
    assert (told.claims is not None) is known
    assert told.given == {}


async def test_it_is_told_of_a_door_without_a_ticket(
    watched: httpx2.AsyncClient, seen: list[Observation]
) -> None:
    await watched.get(f"{SHOW}/scan")

    [told] = seen
    assert (told.operation, told.status, told.claims) == ("scan", 401, None)
    assert told.resource == str(BOOK)


async def test_a_file_is_observed_without_its_bytes(
    watched: httpx2.AsyncClient, seen: list[Observation]
) -> None:
    watched.headers["Authorization"] = "Bearer *"
    ticket = (await watched.post(f"{SHOW}/scan")).headers["set-cookie"].partition(";")[0]
    await watched.get(f"{SHOW}/scan", headers={"Cookie": ticket})

    assert [(told.operation, told.status, told.document) for told in seen] == [
        ("request_scan", 200, b""),
        ("scan", 200, b""),
    ]
    assert ticket.partition("=")[2] not in repr(seen)


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (NotAvailable("it is lent"), 409, "it is lent"),
        (NotFound(Gone(message="gone", uuid=BOOK)), 404, "not_found"),
        (ValueError("password=hush"), 500, "internal error"),
    ],
)
async def test_it_is_told_what_the_caller_is_told(
    watched: httpx2.AsyncClient,
    library: Library,
    seen: list[Observation],
    error: Exception,
    status: int,
    reason: str,
) -> None:
    library.error = error
    with capture_logs():
        await watched.get(SHOW)
    assert isinstance(error, ServiceError) is (status < 500)

    [told] = seen
    assert (told.status, told.reason) == (status, reason)
    assert told.claims is not None


async def test_it_is_told_of_a_request_that_cannot_be_understood(
    watched: httpx2.AsyncClient, seen: list[Observation]
) -> None:
    await watched.post("/library/books", content=b"{")
    await watched.get("/library/books/nonsense")

    assert [(told.operation, told.status) for told in seen] == [
        ("add_book", 400),
        ("show_book", 400),
    ]
    assert "nonsense" in seen[1].reason
    assert seen[1].resource == "nonsense"


async def test_a_fault_of_its_own_changes_no_answer(library: Library, connect: Connect) -> None:
    def broken(_observation: Observation) -> None:
        raise RuntimeError

    client = connect(library_app(library, replace(open_security(), observer=broken)))
    with capture_logs() as logged:
        answer = await client.get("/library/hours")
    assert answer.status_code == 200
    [entry] = logged
    assert (entry["event"], entry["operation"]) == ("observer.failed", "hours")
