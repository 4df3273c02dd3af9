"""What uvicorn leaves open of HTTP: clients that never come to an end of a request."""

from __future__ import annotations

import asyncio
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from runtime.database.engine import Database
from runtime.serving.uvicorn import http as protocol
from tests.unit.runtime.monitor.pond_server import serve_pond
from tests.unit.runtime.serving.uvicorn.bare_connection import answer

LONG_IDLE_SECONDS = 5.5
"""More than the 5 s after which the HTTP clients of Python let go of a connection."""


@pytest.mark.parametrize("before", [b"", b"GET /nowhere HTTP/1.1\r\nHost: pond\r\n\r\n"])
async def test_a_request_whose_head_does_not_end_is_dropped(
    database: Database, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    async with serve_pond(database) as pond:
        came = await answer(pond, before, b"GET /nowhere HT")
    assert came.count(b"HTTP/1.1 ") == before.count(b"HTTP/1.1")


async def test_an_idle_connection_is_kept_for_longer_than_clients_keep_theirs(
    database: Database,
) -> None:
    async with serve_pond(database) as pond:
        address = urlsplit(pond.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        with closing(writer):
            for pause in (0, LONG_IDLE_SECONDS):
                await asyncio.sleep(pause)
                writer.write(b"HEAD /nowhere HTTP/1.1\r\nHost: pond\r\n\r\n")
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404 ")


async def test_a_watcher_stays_longer_than_a_head_may_take(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.1)
    async with serve_pond(database) as pond, pond.watch("*") as client:
        await client.recv()
        await asyncio.sleep(0.4)
        await client.ping()
        assert pond.monitor.counters.watching == 1
