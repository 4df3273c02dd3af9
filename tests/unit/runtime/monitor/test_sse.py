from __future__ import annotations

import asyncio
import ctypes
import logging
import socket
import struct
import time
import zlib
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx2
import pytest
from starlette.datastructures import Headers

from runtime.database.engine import Database
from runtime.monitor.delivery import Limits
from runtime.monitor.ending import Ending
from runtime.monitor.pieces import MANY
from runtime.monitor.sse import takes_gzip
from runtime.monitor.stream import Heartbeat
from runtime.serving.uvicorn import http as protocol
from tests.unit.runtime.monitor.pond_server import PondServer, fish, serve_pond
from tests.unit.runtime.pond import STREAM, PingEvent, seen
from tests.unit.runtime.waiting import until


async def opened(
    pond: PondServer, *, buffer: int | None = None, http: str = "1.1", zipped: bool = False
) -> socket.socket:
    """Ask for the stream on a socket of our own; nothing is read yet."""
    raw = socket.socket()
    if buffer is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", pond.port))
    request = f"GET /pond HTTP/{http}\r\nHost: pond\r\nAuthorization: Bearer {pond.token('*')}\r\n"
    if zipped:
        request += "Accept-Encoding: gzip\r\n"
    await loop.sock_sendall(raw, request.encode() + b"\r\n")
    return raw


async def received(raw: socket.socket, end: bytes) -> bytes:
    """Read until it ends like this."""
    data = b""
    async with asyncio.timeout(10):
        while not data.endswith(end):
            chunk = await asyncio.get_running_loop().sock_recv(raw, 65536)
            assert chunk, "the connection was dropped"
            data += chunk
    return data


async def test_the_headers_come_at_once_and_keep_proxies_from_buffering(
    database: Database,
) -> None:
    async with serve_pond(database) as pond, httpx2.AsyncClient() as client:
        url = pond.url.replace("ws://", "http://")
        headers = {"Authorization": f"Bearer {pond.token()}", "Accept-Encoding": "identity"}
        async with client.stream("GET", url, headers=headers) as response:
            assert response.status_code == 200
            assert response.headers["content-type"] == "text/event-stream"
            assert response.headers["cache-control"] == "no-cache"
            assert response.headers["x-accel-buffering"] == "no"
            assert response.headers["vary"] == "accept-encoding"
            assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("offer", "zipped"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br, GZIP;q=0.5", True),
        ("gzip; q=0.001", True),
        ("x-gzip", True),
        ("gzip;q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=abc", False),
        ("gzip;q=2", False),
        ("br, deflate", False),
        ("*", False),
        ("gzipped", False),
        ("", False),
    ],
)
def test_a_stream_is_zipped_for_who_says_that_it_takes_that(offer: str, *, zipped: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": offer})) is zipped


def test_who_says_nothing_gets_it_as_it_is() -> None:
    assert not takes_gzip(Headers({}))


@pytest.mark.parametrize("zipped", [True, False])
async def test_what_many_get_is_compressed_once_for_all_who_take_gzip(
    database: Database, *, zipped: bool
) -> None:
    async with serve_pond(database) as pond, AsyncExitStack() as stack:
        raws = [await opened(pond, zipped=zipped) for _ in range(MANY)]
        await until(lambda: pond.monitor.counters.watching == MANY)
        sent = pond.monitor.counters.sent_bytes
        await pond.happen(*fish(500))
        texts = [await blocks_of(raw, 501, zipped=zipped) for raw in raws]
        for raw in raws:
            stack.callback(raw.close)
        assert all(each == texts[0] for each in texts)
        assert [f'"name":"fish-{number}"' in text for number, text in enumerate(texts[0][1:])] == [
            True
        ] * 500
        size = MANY * sum(len(text) for text in texts[0])
        sent = pond.monitor.counters.sent_bytes - sent
        assert sent < size / 5 if zipped else size < sent < size * 1.1


async def blocks_of(raw: socket.socket, count: int, *, zipped: bool) -> list[str]:
    """Read so many blocks of an answer in chunks."""
    data, found = b"", b""
    async with asyncio.timeout(10):
        while found.count(b"\n\n") < count:
            data += await asyncio.get_running_loop().sock_recv(raw, 65536)
            chunks = unchunked(data.partition(b"\r\n\r\n")[2])
            found = zlib.decompressobj(31).decompress(chunks) if zipped else chunks
    return found.decode().split("\n\n")[:count]


def unchunked(data: bytes) -> bytes:
    """Return what the whole chunks hold (RFC 9112, section 7.1)."""
    content = b""
    while b"\r\n" in data:
        size, _, rest = data.partition(b"\r\n")
        if len(rest) < int(size, 16) + 2:
            break
        content, data = content + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return content


async def test_a_block_is_an_id_and_one_line_of_data(database: Database) -> None:
    async with serve_pond(database) as pond:
        raw = await opened(pond)
        text = (await received(raw, b"\n\n\r\n")).decode()
        epoch = pond.monitor.hub.epoch
        assert text.endswith(
            f"id: {epoch}-0\n"
            'data: {"value":{"type":"pond_ping_event","value":{"message":"Hello"}},'
            f'"id":"{epoch}-0"}}\n\n\r\n'
        )
        raw.close()


async def test_a_client_that_knows_no_chunks_gets_none(database: Database) -> None:
    async with serve_pond(database) as pond:
        raw = await opened(pond, http="1.0")
        head, _, blocks = (await received(raw, b"\n\n")).partition(b"\r\n\r\n")
        assert b"chunked" not in head
        await pond.happen(*fish(3))
        while blocks.count(b"id: ") < 4:
            blocks += await received(raw, b"\n\n")
        assert b"\r" not in blocks
        raw.close()


async def test_what_is_due_together_is_written_together(database: Database) -> None:
    async with serve_pond(database) as pond:
        raw = await opened(pond)
        await received(raw, b"\n\n\r\n")
        await pond.happen(*fish(10))
        text = (await received(raw, b"\n\n\r\n")).decode()
        assert text.count("id: ") == 10
        # One chunk of the transfer: its length, once, on a line of its own.
        assert text.count("\r\n") == 2
        raw.close()


async def test_pings_are_data_and_nothing_is_a_comment(database: Database) -> None:
    beat = Heartbeat(0.1, PingEvent(message="Hello"), PingEvent(message="Ping"))
    async with serve_pond(database, stream=replace(STREAM, heartbeat=beat)) as pond:
        raw = await opened(pond)
        await asyncio.sleep(0.5)
        text = (await received(raw, b"\n\n\r\n")).decode()
        _, _, body = text.partition("\r\n\r\n")
        lines = [line for line in body.replace("\r", "").split("\n") if line]
        assert sum('"Ping"' in line for line in lines) >= 3
        assert not [line for line in lines if line.startswith((":", "event", "retry"))]
        raw.close()


async def test_a_reader_that_stalls_is_dropped_while_others_keep_on(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    limits = Limits(send_seconds=0.5, close_seconds=0.3)
    async with serve_pond(database, limits=limits) as pond:
        slow, quick = await opened(pond, buffer=4096), await opened(pond)
        await received(quick, b"\n\n\r\n")
        for _ in range(60):
            # More than the kernel's buffers take for somebody who does not read.
            await pond.happen(*(seen("x" * 100_000) for _ in range(2)))
            await received(quick, b"\n\n\r\n")
        await until(lambda: pond.monitor.counters.ended[Ending.SLOW] == 1)
        await until(lambda: pond.monitor.counters.watching == 1)
        slow.close()
        quick.close()
    assert [record.getMessage() for record in caplog.records] == []


async def test_a_server_with_stalled_readers_stops_fast_and_without_an_error(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    limits = Limits(close_seconds=0.3)
    async with serve_pond(database, limits=limits) as pond:
        raws = [await opened(pond, buffer=4096) for _ in range(5)]
        await until(lambda: pond.monitor.counters.watching == 5)
        for _ in range(60):
            await pond.happen(*(seen("x" * 100_000) for _ in range(2)))
        pond.server.should_exit = True
        began = time.monotonic()
    assert time.monotonic() - began < 2
    for raw in raws:
        raw.close()
    assert [record.getMessage() for record in caplog.records] == []


NOTHING_PASSES = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A classic BPF program of one instruction: the kernel drops every packet before TCP sees it."""
SO_ATTACH_FILTER = 26


def cut_off(raw: socket.socket) -> None:
    """Let nothing arrive here any more, not even an acknowledgement leave: as with a pulled plug."""
    program = ctypes.create_string_buffer(NOTHING_PASSES)
    raw.setsockopt(
        socket.SOL_SOCKET,
        SO_ATTACH_FILTER,
        struct.pack("HL", 1, ctypes.addressof(program)),
    )


async def test_a_peer_that_is_gone_without_a_word_is_found_by_its_silence(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "UNANSWERED_SECONDS", 0.5)
    beat = Heartbeat(0.2, PingEvent(message="Hello"), PingEvent(message="Ping"))
    async with serve_pond(database, stream=replace(STREAM, heartbeat=beat)) as pond:
        gone, alive = await opened(pond), await opened(pond)
        await received(alive, b"\n\n\r\n")
        await received(gone, b"\n\n\r\n")
        cut_off(gone)
        await until(lambda: pond.monitor.counters.watching == 1)
        await received(alive, b"\n\n\r\n")
        gone.close()
        alive.close()


async def test_a_peer_that_is_gone_is_found_sooner_by_a_stream_than_by_other_answers(
    database: Database,
) -> None:
    async with serve_pond(database) as pond:
        raw = await opened(pond)
        await received(raw, b"\n\n\r\n")
        [line] = pond.server.server_state.connections
        socket_of = line.transport.get_extra_info("socket")
        timeout = socket_of.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert timeout == 10_000
        await pond.monitor.close()
        await received(raw, b"0\r\n\r\n")
        await until(lambda: pond.monitor.counters.watching == 0)
        timeout = socket_of.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert timeout == 300_000
        raw.close()
