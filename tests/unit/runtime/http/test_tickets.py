from __future__ import annotations

import asyncio
import re

import httpx2
import pytest
from starlette.websockets import WebSocket
from structlog.testing import capture_logs

from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.auth.off import NoVerification
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import InvalidTicket, Tickets
from runtime.auth.tokens import InvalidCredential
from runtime.http.security import Security
from runtime.http.tickets import ForeignOrigin, admit_watcher
from tests.unit.runtime.http.conftest import Connect
from tests.unit.runtime.http.library import (
    BOOK,
    SCAN_TICKET,
    KnownTokens,
    Library,
    library_app,
    open_security,
)

SCAN = f"/library/books/{BOOK}/scan"
OTHER = SCAN.replace("1111", "2222", 1)
OFF = Security(NoVerification(), None)


async def asked_for(client: httpx2.AsyncClient, token: str = "books:scan") -> dict[str, str]:
    answer = await client.post(SCAN, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


async def test_a_ticket_comes_in_a_cookie_and_nothing_else(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(SCAN, headers={"Authorization": "Bearer books:scan"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-type" not in answer.headers
    assert re.fullmatch(
        r"library-scan=[A-Za-z0-9_-]{43}; Max-Age=5; HttpOnly; Secure; SameSite=Strict",
        answer.headers["set-cookie"],
    )


async def test_a_ticket_opens_what_it_was_issued_for(
    stranger: httpx2.AsyncClient, library: Library
) -> None:
    answer = await stranger.get(SCAN, headers=await asked_for(stranger))
    assert (answer.status_code, answer.content) == (200, b"1234567890")
    assert answer.headers["content-disposition"] == 'attachment; filename="Emma.pdf"'
    assert library.calls[-1]["caller"].claims.subject == "ann"


async def test_a_ticket_is_good_once(stranger: httpx2.AsyncClient) -> None:
    cookie = await asked_for(stranger)
    answers = await asyncio.gather(*(stranger.get(SCAN, headers=cookie) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 9]


async def test_a_ticket_for_another_book_is_refused_and_not_spent(
    stranger: httpx2.AsyncClient,
) -> None:
    cookie = await asked_for(stranger)
    assert (await stranger.get(OTHER, headers=cookie)).status_code == 401
    assert (await stranger.get(SCAN, headers=cookie)).status_code == 200


async def test_a_ticket_is_not_spent_on_a_request_that_cannot_be_understood(
    stranger: httpx2.AsyncClient,
) -> None:
    cookie = await asked_for(stranger)
    assert (await stranger.get("/library/books/x/scan", headers=cookie)).status_code == 400
    assert (await stranger.get(SCAN, headers=cookie)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer books:scan"},
        {"Cookie": "library-scan="},
        {"Cookie": "library-scan=" + "A" * 43},
        {"Cookie": "another=" + "A" * 43},
    ],
)
async def test_without_a_good_ticket_it_is_401(
    stranger: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await stranger.get(SCAN, headers=headers)
    assert (answer.status_code, answer.content) == (401, b'"Unauthorized"\n')


async def test_a_stranger_without_a_ticket_does_not_learn_what_a_request_should_be(
    stranger: httpx2.AsyncClient,
) -> None:
    assert (await stranger.get("/library/books/x/scan")).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_ticket_of_whom_the_right_was_taken_from_opens_nothing(
    library: Library, connect: Connect, method: str
) -> None:
    class Revoked:
        everything = False

        def cover(self, claims: Claims) -> bool:
            return self.everything

    revoked = Revoked()
    tickets = Tickets(MemoryTicketStore())
    client = connect(library_app(library, Security(KnownTokens(), tickets, revocations=revoked)))
    cookie = await asked_for(client)
    revoked.everything = True
    answer = await client.request(method, SCAN, headers=cookie)
    assert answer.status_code == 401
    assert len(library.calls) == 1


async def test_with_access_control_off_no_ticket_is_issued_or_asked_for(
    library: Library, connect: Connect
) -> None:
    client = connect(library_app(library, OFF))
    answer = await client.post(SCAN)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "set-cookie" not in answer.headers
    assert (await client.get(SCAN)).status_code == 200


async def test_while_tickets_cannot_be_kept_callers_are_told_to_come_back(
    library: Library, connect: Connect
) -> None:
    full = Security(KnownTokens(), Tickets(MemoryTicketStore(capacity=0)))
    with capture_logs() as entries:
        answer = await connect(library_app(library, full)).post(
            SCAN, headers={"Authorization": "Bearer *"}
        )
    body = answer.json()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (body["name"], body["temporary"], body["fault"]) == ("unavailable", True, False)
    assert "try again later" in body["message"]
    assert [(entry["event"], entry["log_level"]) for entry in entries] == [
        ("tickets.unavailable", "warning")
    ]


def websocket(**headers: str) -> WebSocket:
    async def receive() -> dict[str, object]:
        return {}

    async def send(message: object) -> None:
        raise AssertionError("nothing is sent before a WebSocket is admitted")

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "headers": [(b"host", b"library"), *raw]}
    return WebSocket(scope, receive, send)


async def test_a_websocket_is_admitted_by_ticket_or_by_token() -> None:
    security = open_security()
    assert security.tickets is not None
    ticket = await security.tickets.issue(SCAN_TICKET, "", Claims(subject="bob"))
    by_ticket = websocket(cookie=f"library-scan={ticket}")
    by_token = websocket(authorization="Bearer a")
    assert (await admit_watcher(by_ticket, security, SCAN_TICKET)).subject == "bob"
    assert (await admit_watcher(by_token, security, SCAN_TICKET)).subject == "ann"
    with pytest.raises(InvalidTicket):
        await admit_watcher(by_ticket, security, SCAN_TICKET)


async def test_a_websocket_without_a_credential_is_not_admitted() -> None:
    with pytest.raises(InvalidCredential):
        await admit_watcher(websocket(), open_security(), SCAN_TICKET)
    with pytest.raises(InvalidCredential):
        await admit_watcher(websocket(), open_security(), None)


async def test_a_foreign_page_does_not_use_up_the_ticket() -> None:
    security = open_security()
    assert security.tickets is not None
    ticket = await security.tickets.issue(SCAN_TICKET, "", Claims(subject="bob"))
    cookie = f"library-scan={ticket}"
    with pytest.raises(ForeignOrigin):
        await admit_watcher(websocket(cookie=cookie, origin="http://evil"), security, SCAN_TICKET)
    own = websocket(cookie=cookie, origin="http://library")
    assert (await admit_watcher(own, security, SCAN_TICKET)).subject == "bob"


async def test_with_access_control_off_every_websocket_of_our_own_page_is_admitted() -> None:
    assert await admit_watcher(websocket(cookie="a=b"), OFF, SCAN_TICKET) == UNRESTRICTED
    with pytest.raises(ForeignOrigin):
        await admit_watcher(websocket(origin="http://evil"), OFF, SCAN_TICKET)
