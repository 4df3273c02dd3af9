"""What uvicorn leaves open of WebSockets: handshakes that are none, and clients that talk."""

from __future__ import annotations

import asyncio

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Close, CloseCode, Frame, Opcode

from runtime.database.engine import Database
from runtime.serving.uvicorn import websocket as protocol
from tests.unit.runtime.monitor.pond_server import serve_pond
from tests.unit.runtime.serving.uvicorn.bare_connection import answer
from tests.unit.runtime.waiting import until

UPGRADE = (
    b"GET /pond/monitor HTTP/1.1\r\nHost: pond\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
PING = Frame(Opcode.PING, b"").serialize(mask=True)
CLOSE = Frame(Opcode.CLOSE, Close(CloseCode.GOING_AWAY, "").serialize()).serialize(mask=True)
RESERVED = bytes([0x83, 0x80]) + bytes(4)
"""A frame of a kind that there is none of (RFC 6455, section 5.2)."""


async def test_an_upgrade_with_too_large_a_header_is_refused(database: Database) -> None:
    async with serve_pond(database) as pond:
        refusal = await answer(pond, UPGRADE + b"X: " + b"a" * 9000 + b"\r\n\r\n")
    assert refusal.split(b"\r\n")[0].split(b" ")[1] in {b"400", b"431"}


@pytest.mark.parametrize(
    "frames",
    [
        [Frame(Opcode.BINARY, b"\xff")],
        [
            Frame(Opcode.TEXT, b""),
            Frame(Opcode.BINARY, b"", fin=False),
            Frame(Opcode.CONT, b"\xff"),
        ],
        [Frame(Opcode.TEXT, b"\xc3", fin=False), Frame(Opcode.CONT, b"\xa9")],
    ],
)
async def test_what_a_client_says_in_parts_or_in_bytes_is_dropped(
    database: Database, frames: list[Frame]
) -> None:
    async with serve_pond(database) as pond, pond.watch("*") as client:
        client.transport.write(b"".join(frame.serialize(mask=True) for frame in frames))
        # What the server makes of it comes before its answer to the second of them.
        for _ in range(2):
            await (await client.ping())
        await client.close()
        assert client.close_code == CloseCode.NORMAL_CLOSURE
    assert pond.monitor.counters.flooded == 0


@pytest.mark.parametrize(
    "frames",
    [
        [Frame(Opcode.TEXT, b"\xff")] * 3,
        [Frame(Opcode.TEXT, b"\xc3")],
        [Frame(Opcode.TEXT, b"\xc3", fin=False), Frame(Opcode.CONT, b"")],
        [Frame(Opcode.TEXT, b"", fin=False), Frame(Opcode.CONT, b"\xff", fin=False)],
    ],
)
async def test_a_text_that_is_none_ends_the_connection(
    database: Database, frames: list[Frame], caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_pond(database) as pond, pond.watch("*") as client:
        client.transport.write(b"".join(frame.serialize(mask=True) for frame in frames))
        async with asyncio.timeout(10):
            await client.wait_closed()
        assert client.close_code == CloseCode.INVALID_DATA
        await until(lambda: pond.monitor.counters.watching == 0)
    assert logged(caplog) == []


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the server and the loop had to say."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("asyncio", "uvicorn"))
    ]


@pytest.fixture
def slow_to_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "TAKEN", 10 * len(PING))
    monkeypatch.setattr(protocol, "TAKEN_SECONDS", 0.05)


@pytest.mark.usefixtures("slow_to_take")
async def test_others_have_their_turn_while_a_client_talks(database: Database) -> None:
    async with serve_pond(database) as pond, pond.watch("*") as talks, pond.watch("*") as other:
        talks.transport.write(PING * 400)
        for _ in range(3):
            await (await other.ping())
        talks.transport.write(CLOSE)
        assert pond.monitor.counters.watching == 2
        async with asyncio.timeout(30):
            await talks.wait_closed()
        assert talks.close_code == CloseCode.GOING_AWAY
        await until(lambda: pond.monitor.counters.watching == 1)
    assert pond.monitor.counters.flooded == 1


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes were taken of clients that watch, each time."""
    sizes: list[int] = []
    take = WebSocketsSansIOProtocol.data_received

    def note(self: WebSocketsSansIOProtocol, data: bytes) -> None:
        if self.handshake_initiated:
            sizes.append(len(data))
        take(self, data)

    monkeypatch.setattr(WebSocketsSansIOProtocol, "data_received", note)
    return sizes


@pytest.mark.usefixtures("slow_to_take")
async def test_nothing_more_is_taken_of_a_client_that_breaks_the_protocol(
    database: Database, taken: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_pond(database) as pond, pond.watch("*") as talks:
        talks.transport.write(PING * 20 + RESERVED + PING * 400)
        async with asyncio.timeout(10):
            await talks.wait_closed()
        assert talks.close_code == CloseCode.PROTOCOL_ERROR
        await until(lambda: pond.monitor.counters.watching == 0)
        await asyncio.sleep(3 * protocol.TAKEN_SECONDS)
    assert taken == [protocol.TAKEN] * 3
    assert logged(caplog) == []


@pytest.mark.usefixtures("slow_to_take")
async def test_nothing_more_is_taken_of_who_talks_and_leaves(
    database: Database, taken: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_pond(database) as pond:
        async with pond.watch("*") as talks:
            talks.transport.write(PING * 4000)
            await until(lambda: len(taken) > 1)
            talks.transport.abort()
        await until(lambda: pond.monitor.counters.watching == 0, seconds=30)
        before = len(taken)
        await asyncio.sleep(5 * protocol.TAKEN_SECONDS)
        assert len(taken) == before < 400
    assert logged(caplog) == []
