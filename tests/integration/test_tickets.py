"""Tickets, from both stores: what opens the monitor, and what does not."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from runtime.auth.claims import Claims
from runtime.auth.tickets.redis import RedisTicketStore
from runtime.auth.tickets.ticket import Tickets, TicketScheme
from tests.integration.conftest import FRIEND, Pair
from tests.integration.dashboard import Dashboard, Watching
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer

ELSEWHERE = "https://elsewhere.test"


async def refused(
    dashboard: Dashboard, ticket: str | None, *, origin: str | None = None
) -> tuple[int, bytes]:
    """What the answer is in place of an upgrade."""
    with pytest.raises(InvalidStatus) as caught:
        async with dashboard.open(ticket, origin=origin):
            pass
    return caught.value.response.status_code, bytes(caught.value.response.body)


async def opens(dashboard: Dashboard, ticket: str | None, *, origin: str | None = None) -> Response:
    """See that a WebSocket is opened and served; return the answer to the request for it."""
    async with dashboard.open(ticket, origin=origin) as socket:
        assert (await Watching(socket).frame()).value == {"message": "Hello"}
        assert socket.response is not None
        return socket.response


UNAUTHORIZED = (401, b'"Unauthorized"\n')
FORBIDDEN = (403, b'"Forbidden"\n')


async def test_the_answer_is_a_cookie_to_the_letter_and_nothing_else(
    ticket_server: StorageServer,
) -> None:
    async with Dashboard(ticket_server) as dashboard:
        answer = await dashboard.ask("POST", "/storage/monitor", token=ticket_server.token())
    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-type" not in answer.headers
    [cookie] = answer.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"enduro-storage-ws-ticket=[\w-]{43}; Max-Age=5; HttpOnly; Secure; SameSite=Strict", cookie
    )


async def test_a_ticket_opens_the_monitor_once(ticket_server: StorageServer) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()
        answer = await opens(dashboard, ticket)
        assert "sec-websocket-extensions" not in answer.headers
        assert await refused(dashboard, ticket) == UNAUTHORIZED


async def test_of_a_hundred_uses_at_once_exactly_one_wins(ticket_server: StorageServer) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()

        async def use() -> int:
            try:
                return (await opens(dashboard, ticket)).status_code
            except InvalidStatus as error:
                return error.response.status_code

        statuses = await asyncio.gather(*(use() for _ in range(100)))
    assert Counter(statuses) == {101: 1, 401: 99}


async def test_without_a_good_ticket_the_answer_is_401(ticket_server: StorageServer) -> None:
    async with Dashboard(ticket_server) as dashboard:
        assert await refused(dashboard, None) == UNAUTHORIZED
        assert await refused(dashboard, "") == UNAUTHORIZED
        assert await refused(dashboard, "A" * 43) == UNAUTHORIZED
        assert await refused(dashboard, ticket_server.token("*")) == UNAUTHORIZED


async def test_whoever_asks_for_a_ticket_without_a_token_gets_none(
    ticket_server: StorageServer,
) -> None:
    async with httpx2.AsyncClient(base_url=ticket_server.url) as http:
        for headers in ({}, {"Authorization": "Bearer nonsense"}):
            answer = await http.post("/storage/monitor", headers=headers)
            assert (answer.status_code, answer.text) == (401, '"Unauthorized"\n')
            assert "set-cookie" not in answer.headers


async def test_a_page_of_another_place_is_refused_and_spends_no_ticket(
    ticket_server: StorageServer,
) -> None:
    async with Dashboard(ticket_server) as dashboard:
        ticket = await dashboard.ticket()
        assert await refused(dashboard, ticket, origin=ELSEWHERE) == FORBIDDEN
        assert await refused(dashboard, ticket, origin="http://127.0.0.1:1") == FORBIDDEN
        assert await refused(dashboard, ticket, origin="null") == FORBIDDEN
        await opens(dashboard, ticket)


async def test_a_ticket_is_good_for_five_seconds(shared_server: StorageServer, pair: Pair) -> None:
    async with Dashboard(shared_server) as memory, Dashboard(pair.first) as redis:
        late = [(each, await each.ticket()) for each in (memory, redis)]
        await asyncio.sleep(4)
        in_time = [(each, await each.ticket()) for each in (memory, redis)]
        await asyncio.sleep(2)
        for dashboard, ticket in late:
            assert await refused(dashboard, ticket) == UNAUTHORIZED
        for dashboard, ticket in in_time:
            await opens(dashboard, ticket)


async def test_a_ticket_of_one_process_opens_the_monitor_of_the_other_once(pair: Pair) -> None:
    async with Dashboard(pair.first) as first, Dashboard(pair.second) as second:
        ticket = await first.ticket()
        await opens(second, ticket)
        assert await refused(first, ticket) == UNAUTHORIZED


async def test_a_ticket_for_a_download_does_not_open_the_monitor(
    pair: Pair, redis_server: RedisServer
) -> None:
    """Downloads come later: their ticket is put where the service keeps its own."""
    store = RedisTicketStore.open(redis_server.url)
    download = TicketScheme(name="aip_download", cookie="enduro-aip-download-ticket", seconds=5)
    claims = Claims(issuer="https://id.test", subject="1")
    ticket = await Tickets(store).issue(download, "11111111-1111-4111-8111-111111111111", claims)
    async with Dashboard(pair.first) as dashboard:
        assert await refused(dashboard, ticket) == UNAUTHORIZED
    await Tickets(store).redeem(download, "11111111-1111-4111-8111-111111111111", ticket)
    await store.close()


async def test_a_page_of_a_configured_place_is_welcome(shared_server: StorageServer) -> None:
    async with Dashboard(shared_server) as dashboard:
        await opens(dashboard, await dashboard.ticket(), origin=FRIEND)


async def test_where_access_control_is_off_nobody_needs_a_ticket(tmp_path: Path) -> None:
    with StorageServer(tmp_path, SERVICE_AUTH__MODE="off") as server:
        async with Dashboard(server) as dashboard:
            answer = await dashboard.ask("POST", "/storage/monitor", token="any")
            assert (answer.status_code, answer.content) == (200, b"")
            assert "set-cookie" not in answer.headers
            async with dashboard.open(None) as bare, dashboard.open("whatever") as with_cookie:
                everybody = [Watching(bare), Watching(with_cookie)]
                for watching in everybody:
                    await watching.frame()
                await dashboard.create_aip()
                assert {(await each.frame()).tag for each in everybody} == {"aip_created_event"}
            assert await refused(dashboard, None, origin=ELSEWHERE) == FORBIDDEN
