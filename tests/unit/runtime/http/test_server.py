from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runtime.http.server import serve


async def bell(_: Request) -> Response:
    return PlainTextResponse("ding")


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
async def serving(listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    started = asyncio.Event()
    app = Starlette(routes=[Route("/bell", bell)])
    task = asyncio.create_task(serve(app, listener, started=started.set))
    await started.wait()
    yield task
    task.cancel()
    await asyncio.wait([task])


async def ring(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    async with httpx2.AsyncClient(verify=False) as client:
        return (await client.get(f"http://{host}:{port}/bell")).text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_serving_and_nothing_else(
    serving: asyncio.Task[None], listener: socket.socket, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    assert await ring(listener) == "ding"
    signal.raise_signal(number)
    async with asyncio.timeout(5):
        await serving
    assert listener.fileno() == -1
    assert signal.getsignal(number) is not before


async def test_a_cancelled_task_closes_the_socket_before_it_ends(
    serving: asyncio.Task[None], listener: socket.socket
) -> None:
    assert await ring(listener) == "ding"
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert listener.fileno() == -1
