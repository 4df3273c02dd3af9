from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from runtime.auth.attributes import all_of
from runtime.auth.claims import Claims
from runtime.database.engine import Database
from runtime.monitor.delivery import Limits
from runtime.monitor.ending import Ending
from runtime.monitor.pieces import MANY
from runtime.monitor.stream import Heartbeat
from tests.unit.runtime.monitor.pond_server import (
    PondServer,
    fish,
    receive,
    receive_many,
    serve_pond,
)
from tests.unit.runtime.pond import STREAM, DrainedEvent, PingEvent, PondEvent, caught, seen
from tests.unit.runtime.waiting import until


@pytest.fixture
async def pond(database: Database) -> AsyncIterator[PondServer]:
    async with serve_pond(database) as pond:
        yield pond


async def refused(pond: PondServer, headers: dict[str, str], **options: object) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as caught:
        async with pond.open(headers=headers, **options):
            pass
    return caught.value


async def until_closed(client: ClientConnection, seconds: float = 10) -> ConnectionClosed:
    """Read until the connection is closed."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                await client.recv()
            except ConnectionClosed as closed:
                return closed


async def until_nobody_watches(pond: PondServer) -> None:
    await until(lambda: pond.monitor.counters.watching == 0)


# ---------------------------------------------------------------- what is sent


async def test_hello_comes_at_once_with_the_position_of_joining(pond: PondServer) -> None:
    await pond.happen(seen())
    async with pond.watch() as client:
        hello = await receive(client)
    epoch = (await pond.monitor._events.head()).epoch
    assert hello == {
        "type": "pond_ping_event",
        "value": {"message": "Hello"},
        "id": f"{epoch}-{pond.monitor.hub.position}",
    }


async def test_a_committed_event_arrives_as_one_text_frame(pond: PondServer) -> None:
    async with pond.watch("*") as client:
        await receive(client)
        await pond.happen(seen("perch"))
        event = await receive(client)
    assert event["type"] == "fish_seen_event"
    assert event["value"] == {"name": "perch", "item": {"name": "perch", "weight": 1}}
    assert event["id"].endswith("-1")


async def test_pings_come_at_their_interval(database: Database) -> None:
    beat = Heartbeat(0.2, PingEvent(message="Hello"), PingEvent(message="Ping"))
    quick = replace(STREAM, heartbeat=beat)
    async with serve_pond(database, stream=quick) as pond, pond.watch() as client:
        began = time.monotonic()
        messages = [(await receive(client))["value"]["message"] for _ in range(4)]
        elapsed = time.monotonic() - began
    assert messages == ["Hello", "Ping", "Ping", "Ping"]
    assert elapsed > 0.5


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_a_client_that_offers_it_has_compressed_what_many_get(
    pond: PondServer, compression: str | None
) -> None:
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(pond.watch("*", compression=compression))
            for _ in range(MANY)
        ]
        for client in clients:
            assert client.response is not None
            agreed = client.response.headers.get("Sec-WebSocket-Extensions", "none")
            assert agreed.partition(";")[0] == ("permessage-deflate" if compression else "none")
            await receive(client)
        sent = pond.monitor.counters.sent_bytes
        await pond.happen(*fish(500))
        texts = [[await client.recv() for _ in range(500)] for client in clients]
        assert all(each == texts[0] for each in texts)
        assert [json.loads(text)["value"]["value"]["name"] for text in texts[0]] == [
            f"fish-{number}" for number in range(500)
        ]
        size = MANY * sum(len(text) for text in texts[0])
        sent = pond.monitor.counters.sent_bytes - sent
        assert sent < size / 5 if compression else size < sent < size * 1.1


async def test_what_a_client_sends_compressed_is_read_and_dropped(pond: PondServer) -> None:
    async with pond.watch("*", compression="deflate") as client:
        await receive(client)
        for _ in range(20):
            await client.send("hello " * 100)
        await pond.happen(seen())
        assert await receive_many(client, 1) == ["fish_seen_event"]


@pytest.mark.parametrize("size", [5000, 100_000_000])
async def test_a_client_that_sends_too_much_in_few_bytes_is_closed(
    pond: PondServer, size: int
) -> None:
    async with pond.watch("*", compression="deflate") as client:
        await client.send(b"x" * size)
        closed = await until_closed(client)
    assert closed.rcvd is not None
    assert closed.rcvd.code == 1009
    assert pond.monitor.counters.flooded == 1


async def test_each_sees_what_its_attributes_open_and_ids_tell_of_the_rest(
    pond: PondServer,
) -> None:
    async with pond.watch("pond:fish:see") as sees, pond.watch("pond:fish:catch") as catches:
        await receive(sees)
        await receive(catches)
        await pond.happen(seen(), caught(), seen())
        assert [(await receive(sees))["id"][-2:] for _ in range(2)] == ["-1", "-3"]
        assert (await receive(catches))["id"].endswith("-2")


async def test_200_sockets_with_different_rights_each_see_exactly_theirs(
    pond: PondServer,
) -> None:
    rights = [
        ((), []),
        (("pond:fish:see",), ["fish_seen_event"]),
        (("pond:fish:catch",), ["fish_caught_event"]),
        (("pond:fish:*",), ["fish_seen_event", "fish_caught_event"]),
        (("*",), ["fish_seen_event", "fish_caught_event", "drained_event"]),
    ]

    async def watch(attributes: tuple[str, ...], visible: list[str]) -> None:
        async with pond.watch(*attributes) as client:
            assert await receive_many(client, 1) == ["pond_ping_event"]
            ready.release()
            await go.wait()
            expected = [tag for tag in happening if tag in visible]
            assert await receive_many(client, len(expected)) == expected
            with pytest.raises(TimeoutError):
                await receive(client, seconds=0.3)

    ready = asyncio.Semaphore(0)
    go = asyncio.Event()
    events: list[PondEvent] = [seen(), caught(), DrainedEvent()] * 5
    happening = [event.tag for event in events]
    tasks = [asyncio.create_task(watch(*rights[number % 5])) for number in range(200)]
    for _ in tasks:
        await ready.acquire()
    assert pond.monitor.counters.watching == 200
    assert len(pond.monitor.hub._groups) == 5
    go.set()
    for event in events:
        await pond.happen(event)
    await asyncio.gather(*tasks)
    await until_nobody_watches(pond)


# ---------------------------------------------------------------- who is let in


async def test_without_a_credential_the_answer_is_401_before_the_upgrade(pond: PondServer) -> None:
    error = await refused(pond, {})
    assert error.response.status_code == 401
    assert error.response.body == b'"Unauthorized"\n'
    assert error.response.headers["Content-Type"] == "application/json"


async def test_a_ticket_opens_once(pond: PondServer) -> None:
    headers = await pond.ticket()
    async with pond.open(headers=headers) as client:
        await receive(client)
    assert (await refused(pond, headers)).response.status_code == 401


async def test_of_many_uses_of_one_ticket_exactly_one_wins(pond: PondServer) -> None:
    headers = await pond.ticket()

    async def attempt() -> int:
        try:
            async with pond.open(headers=headers) as client:
                await receive(client)
                return 101
        except InvalidStatus as error:
            return error.response.status_code

    statuses = await asyncio.gather(*(attempt() for _ in range(100)))
    assert sorted(statuses) == [101] + [401] * 99


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "pond-ticket=unknown"},
        {"Cookie": "pond-ticket="},
        {"Authorization": "Bearer nonsense"},
    ],
)
async def test_a_bad_credential_is_401(pond: PondServer, headers: dict[str, str]) -> None:
    assert (await refused(pond, headers)).response.status_code == 401


async def test_an_expired_token_is_401(pond: PondServer) -> None:
    with pytest.raises(InvalidStatus, match="401"):
        async with pond.watch("*", ttl=-10):
            pass


async def test_a_foreign_page_is_403_and_does_not_spend_the_ticket(pond: PondServer) -> None:
    headers = await pond.ticket()
    error = await refused(pond, headers, origin="https://elsewhere.test")
    assert (error.response.status_code, error.response.body) == (403, b'"Forbidden"\n')
    async with pond.open(headers=headers, origin=f"http://127.0.0.1:{pond.port}") as client:
        await receive(client)


async def test_a_configured_origin_is_welcome(database: Database) -> None:
    async with serve_pond(database, allowed_origins=("https://elsewhere.test",)) as pond:
        headers = await pond.ticket()
        async with pond.open(headers=headers, origin="https://elsewhere.test") as client:
            await receive(client)


async def test_who_lacks_what_the_stream_requires_is_403(database: Database) -> None:
    async with serve_pond(database, stream=replace(STREAM, requires=all_of("pond:see"))) as pond:
        with pytest.raises(InvalidStatus, match="403"):
            async with pond.watch("pond:fish:see"):
                pass
        async with pond.watch("pond:see") as client:
            await receive(client)


async def test_no_credential_is_logged(
    pond: PondServer, capsys: pytest.CaptureFixture[str]
) -> None:
    await refused(pond, {"Cookie": "pond-ticket=unknown-secret-1"})
    await refused(pond, {"Authorization": "Bearer unknown-secret-2"})
    output = capsys.readouterr()
    assert "monitor.refused" in output.out
    assert "unknown-secret" not in output.out + output.err


# ---------------------------------------------------------------- how it ends


async def test_what_the_client_says_is_read_and_dropped(pond: PondServer) -> None:
    async with pond.watch("*") as client:
        await receive(client)
        for _ in range(100):
            await client.send("hello")
        await client.send(b"\x00\x01")
        await pond.happen(seen())
        assert await receive_many(client, 1) == ["fish_seen_event"]


async def test_a_client_that_sends_too_much_at_once_is_closed(pond: PondServer) -> None:
    async with pond.watch("*") as client:
        await client.send("x" * 5000)
        closed = await until_closed(client)
    assert closed.rcvd is not None
    assert closed.rcvd.code == 1009


async def test_pings_and_a_close_of_the_client_are_answered(pond: PondServer) -> None:
    async with pond.watch() as client:
        async with asyncio.timeout(2):
            await (await client.ping())
        began = time.monotonic()
        await client.close()
        assert time.monotonic() - began < 1
        assert client.close_code == 1000
    await until_nobody_watches(pond)


async def test_a_client_that_vanishes_is_noticed_at_once(pond: PondServer) -> None:
    async with pond.watch() as client:
        await receive(client)
        client.transport.abort()
        await until_nobody_watches(pond)


async def test_a_connection_ends_when_its_token_does(pond: PondServer) -> None:
    async with pond.watch("*", ttl=2) as client:
        await receive(client)
        began = time.monotonic()
        closed = await until_closed(client)
        elapsed = time.monotonic() - began
    assert closed.rcvd is not None
    assert (closed.rcvd.code, closed.rcvd.reason) == (4001, "authenticate again")
    assert elapsed < 2.2
    await until_nobody_watches(pond)


async def test_a_connection_made_with_a_ticket_ends_with_the_token_behind_it(
    pond: PondServer,
) -> None:
    token = await pond.tokens.verify(pond.tokens.mint(ttl=2))
    async with pond.open(headers=await pond.ticket(token)) as client:
        closed = await until_closed(client)
    assert closed.rcvd is not None
    assert closed.rcvd.code == 4001


async def test_a_monitor_that_closes_tells_its_connections_to_come_back(pond: PondServer) -> None:
    async with pond.watch("*") as client:
        await receive(client)
        await pond.happen(*fish(3))
        await asyncio.sleep(0.1)
        await pond.monitor.close()
        assert await receive_many(client, 3) == ["fish_seen_event"] * 3
        closed = await until_closed(client)
    assert closed.rcvd is not None
    assert closed.rcvd.code == 1012


async def test_a_server_with_200_sockets_stops_fast_and_without_an_error(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with serve_pond(database) as pond:
        clients = await asyncio.gather(*(pond.watch("*").__aenter__() for _ in range(200)))
        closings = [asyncio.create_task(until_closed(client)) for client in clients]
        await pond.happen(*fish(5))
        pond.server.should_exit = True
        began = time.monotonic()
    assert time.monotonic() - began < 2
    for closed in await asyncio.gather(*closings):
        assert closed.rcvd is not None
        assert closed.rcvd.code == 1012
    assert pond.monitor.counters.watching == 0
    assert [record.getMessage() for record in caplog.records] == []


# ---------------------------------------------------------------- who does not keep up


class Everybody:
    """Everybody's right is revoked."""

    def cover(self, claims: Claims) -> bool:
        return True


STALL = Limits(send_seconds=0.5, close_seconds=0.5)


async def stalled(pond: PondServer) -> socket.socket:
    """Open a WebSocket that takes its small buffer full and no more; read nothing after Hello."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", pond.port))
    token = pond.tokens.mint(attributes=["*"])
    request = (
        f"GET /pond HTTP/1.1\r\nHost: pond\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    received = b""
    while b'"Hello"' not in received:
        received += await loop.sock_recv(raw, 1024)
    return raw


async def read_until_told(raw: socket.socket) -> None:
    """Read again: what was sent, and then the close frame that says why there is no more."""
    told = b"\x0f\xa8" + Ending.SLOW.reason.encode()
    received = b""
    async with asyncio.timeout(10):
        while not received.endswith(told):
            chunk = await asyncio.get_running_loop().sock_recv(raw, 65536)
            assert chunk, "the connection was dropped without a word"
            received = received[-1000:] + chunk


async def test_a_reader_that_stalls_is_closed_with_4008_while_others_keep_on(
    database: Database,
) -> None:
    async with serve_pond(database, limits=STALL) as pond, pond.watch("*") as quick:
        raw = await stalled(pond)
        await receive(quick)
        for _ in range(60):
            # More than the kernel's buffers take for somebody who does not read.
            await pond.happen(*(seen("x" * 100_000) for _ in range(2)))
            assert await receive_many(quick, 2) == ["fish_seen_event"] * 2
        await until(lambda: pond.monitor.counters.ended[Ending.SLOW] == 1)
        await read_until_told(raw)
        assert pond.monitor.counters.watching == 1
        await pond.happen(seen())
        assert await receive_many(quick, 1) == ["fish_seen_event"]
        raw.close()


async def test_a_reader_that_the_ring_overtakes_is_served_from_the_table(
    database: Database,
) -> None:
    # However long a loaded machine takes over it, this reader is not given up.
    patient = Limits(send_seconds=120)
    silent = {"ws_ping_interval": None}
    async with serve_pond(database, ring_bytes=500_000, limits=patient, settings=silent) as pond:
        raw = await stalled(pond)
        for _ in range(80):
            await pond.happen(*(seen("x" * 100_000) for _ in range(2)))
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_000_000)
        received = b""
        async with asyncio.timeout(60):
            while b'-160"}' not in received[-100:]:
                chunk = await asyncio.get_running_loop().sock_recv(raw, 1_000_000)
                assert chunk, "the connection was dropped"
                received += chunk
        raw.close()
        # A ping, due in between, repeats the position.
        events = re.findall(rb'"type":"fish_seen_event".*?"id":"\d+-(\d+)"', received, re.DOTALL)
        assert [int(each) for each in events] == list(range(1, 161))
        assert pond.monitor.counters.lagged > 0
        assert pond.monitor.counters.ended[Ending.SLOW] == 0


async def test_a_reader_that_stalls_gets_nothing_of_what_waits_once_its_right_is_revoked(
    database: Database,
) -> None:
    everybody = Everybody()
    async with serve_pond(database) as pond:
        raw = await stalled(pond)
        for _ in range(60):
            await pond.happen(*(seen("x" * 100_000) for _ in range(2)))
        [line] = pond.server.server_state.connections
        await until(lambda: line.transport.get_write_buffer_size() > 0)
        pond.places.revoke(everybody)
        # At once, and not after the ten seconds that a reader has.
        await until(lambda: pond.monitor.counters.watching == 0, seconds=4)
        assert pond.monitor.counters.ended == {Ending.REVOKED: 1}
        assert line.transport.is_closing()
        raw.close()


async def test_a_server_with_stalled_readers_stops_fast(database: Database) -> None:
    async with serve_pond(database) as pond:
        raws = [await stalled(pond) for _ in range(5)]
        for _ in range(60):
            await pond.happen(*(seen("x" * 100_000) for _ in range(2)))
        pond.server.should_exit = True
        began = time.monotonic()
    assert time.monotonic() - began < 2
    for raw in raws:
        raw.close()


async def test_a_peer_that_is_gone_without_a_word_is_found_by_its_silence(
    database: Database,
) -> None:
    settings = {"ws_ping_interval": 0.3, "ws_ping_timeout": 0.3}
    async with serve_pond(database, settings=settings) as pond:
        # It reads nothing, so it answers no ping.
        raw = await stalled(pond)
        await until_nobody_watches(pond)
        raw.close()
