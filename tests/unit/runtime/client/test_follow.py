from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from runtime.client import event_stream, websocket
from runtime.client.errors import UnexpectedFrame
from runtime.client.follow import follow
from runtime.client.watch import Transport
from tests.faults.proxy import Proxy
from tests.unit.runtime.client.conftest import Listener, Tower, cable
from tests.unit.runtime.client.library_client import Bell, LibraryClient
from tests.unit.runtime.client.test_watch import frame, rings
from tests.unit.runtime.http.library import Unauthorized

PAUSE = 0.02


@pytest.fixture(params=["websocket", "sse"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Either."""
    transport: Transport = request.param
    return transport


def numbered(*numbers: int) -> list[str]:
    return [frame("bell", {"message": f"{number}"}, f"7-{number}") for number in numbers]


async def heard(client: LibraryClient, count: int, last_id: str | None = None) -> list[str]:
    """What the next so many bells say."""
    said: list[str] = []
    async with (
        asyncio.timeout(5),
        aclosing(follow(client.bells, last_id=last_id, first_pause=PAUSE)) as events,
    ):
        async for event in events:
            assert isinstance(event, Bell)
            said.append(event.message)
            if len(said) == count:
                break
    return said


async def test_it_comes_back_with_its_last_id_after_every_end(
    client: LibraryClient, tower: Tower
) -> None:
    async def ring(listener: Listener) -> None:
        last = int((tower.headers[-1].get("last-event-id") or "7-0")[2:])
        await rings(*numbered(last + 1, last + 2), close=(1012, "restart"))(listener)

    tower.ring = ring
    assert await heard(client, 7) == ["1", "2", "3", "4", "5", "6", "7"]
    assert [each.get("last-event-id") for each in tower.headers] == [None, "7-2", "7-4", "7-6"]


async def test_it_may_begin_where_another_left_off(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(*numbered(42))
    assert await heard(client, 1, last_id="7-41") == ["42"]
    assert tower.headers[0]["last-event-id"] == "7-41"


async def test_a_cut_is_mended(address: str, tower: Tower, transport: Transport) -> None:
    async with (
        cable(address) as line,
        LibraryClient(line.address, token="*", transport=transport) as client,
    ):

        async def ring(listener: Listener) -> None:
            if len(tower.headers) < 3:
                line.cut()
            else:
                await listener.send_text(numbered(len(tower.headers))[0])
            await listener.receive()

        tower.ring = ring
        assert await heard(client, 1) == ["3"]


async def test_a_connection_that_leads_nowhere_is_given_up(
    address: str, tower: Tower, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "PING_SECONDS", 0.2)
    monkeypatch.setattr(event_stream, "SILENCE_SECONDS", 0.4)
    with Proxy(address) as proxy:

        async def ring(listener: Listener) -> None:
            await rings(*numbered(len(tower.headers)))(listener)

        tower.ring = ring
        async with (
            asyncio.timeout(5),
            LibraryClient(proxy.url, token="*", transport=transport) as client,
            aclosing(follow(client.bells, first_pause=PAUSE)) as events,
        ):
            assert await anext(events) == Bell(message="1")
            # Not before: an answer to the handshake that is lost is waited for as any other is.
            proxy.lose()
            assert await anext(events) == Bell(message="2")


async def test_who_is_refused_is_told(address: str, transport: Transport) -> None:
    async with LibraryClient(address, token="", transport=transport) as stranger:
        with pytest.raises(Unauthorized):
            await heard(stranger, 1)


async def test_a_ticket_that_was_lost_with_its_store_is_asked_for_again(
    client: LibraryClient, tower: Tower
) -> None:
    async def ring(listener: Listener) -> None:
        tower.to_lose = 1
        await rings(*numbered(len(tower.headers)), close=(1012, "restart"))(listener)

    tower.ring = ring
    assert await heard(client, 3) == ["1", "2", "3"]


async def test_who_may_watch_no_more_is_told(client: LibraryClient, tower: Tower) -> None:
    async def ring(listener: Listener) -> None:
        tower.to_lose = 2
        await rings(*numbered(1), close=(4001, "authenticate again"))(listener)

    tower.ring = ring
    with pytest.raises(Unauthorized):
        await heard(client, 2)


async def test_a_frame_that_cannot_be_understood_is_not_passed_over(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(frame("bell", {"message": 1}, "7-1"), *numbered(2))
    with pytest.raises(UnexpectedFrame):
        await heard(client, 1)
