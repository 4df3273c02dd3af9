"""``/metrics`` on a socket of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable

import httpx2
import pytest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from runtime.serving.metrics import serving_metrics


async def collect() -> Iterable[Metric]:
    return [GaugeMetricFamily("pond_fish", "Fish in the pond.", value=3)]


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_it_answers_what_prometheus_asks(listener: socket.socket) -> None:
    async with serving_metrics(listener, collect), httpx2.AsyncClient() as client:
        answer = await client.get(f"{address(listener)}/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.text == (
            "# HELP pond_fish Fish in the pond.\n# TYPE pond_fish gauge\npond_fish 3.0\n"
        )
        asked = {"accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
        answer = await client.get(f"{address(listener)}/metrics", headers=asked)
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        assert answer.text.endswith("# EOF\n")


async def test_nothing_else_is_there(listener: socket.socket) -> None:
    async with serving_metrics(listener, collect), httpx2.AsyncClient() as client:
        assert (await client.get(f"{address(listener)}/")).status_code == 404
        refused = await client.post(f"{address(listener)}/metrics")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_it_ends_at_once_though_a_collector_keeps_its_connection(
    listener: socket.socket,
) -> None:
    host, port = listener.getsockname()
    async with serving_metrics(listener, collect):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: pond\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    async with asyncio.timeout(5):
        await reader.read()
    writer.close()
    await writer.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, port)
