from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from runtime.download import Download
from runtime.http.file import file
from runtime.monitor.sse import LINE
from runtime.serving.server import serve
from runtime.serving.uvicorn import http as protocol
from tests.unit.runtime.waiting import until


async def bell(_: Request) -> Response:
    return PlainTextResponse("ding")


async def delay(request: Request) -> Response:
    """Tell whether what is written may be held back."""
    line = request.scope["extensions"][LINE].transport.get_extra_info("socket")
    at_once = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    return PlainTextResponse("no" if at_once else "yes")


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
async def serving(listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    started = asyncio.Event()
    app = Starlette(routes=[Route("/bell", bell), Route("/delay", delay)])
    task = asyncio.create_task(serve(app, listener, started=started.set))
    await started.wait()
    yield task
    task.cancel()
    await asyncio.wait([task])


async def ring(listener: socket.socket, path: str = "/bell") -> str:
    host, port = listener.getsockname()
    async with httpx2.AsyncClient(verify=False) as client:
        return (await client.get(f"http://{host}:{port}{path}")).text


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


async def test_an_answer_is_not_held_back_until_its_head_has_arrived(
    serving: asyncio.Task[None], listener: socket.socket
) -> None:
    assert await ring(listener, "/delay") == "no"


async def test_a_server_without_room_for_connections_says_so_once_and_goes_on(
    serving: asyncio.Task[None], listener: socket.socket
) -> None:
    strangers = 8
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    callers = [socket.socket() for _ in range(strangers)]
    with capture_logs() as told, nothing_more_opened():
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        await until(lambda: bool(told))
        writer.write(b"GET /bell HTTP/1.1\r\nHost: us\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"ding")
    writer.close()
    for caller in callers:
        caller.close()
    assert [(each["event"], each["reason"]) for each in told] == [
        ("server.full", "Too many open files")
    ]
    assert await ring(listener) == "ding"


@contextmanager
def nothing_more_opened() -> Iterator[None]:
    """Leave this process no descriptor that it could open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 32, hard))
    try:
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in taken:
            os.close(each)


async def test_a_client_that_takes_nothing_of_a_file_is_dropped(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "UNTAKEN_SECONDS", 0.5)
    opened, closed = asyncio.Event(), asyncio.Event()

    async def endless(_start: int, _stop: int) -> AsyncGenerator[bytes, None]:
        try:
            opened.set()
            while True:
                yield bytes(100_000)
                await asyncio.sleep(0)
        finally:
            closed.set()

    async def give(request: Request) -> Response:
        return await file(request, 200, Download(endless, 1 << 40, "endless", "text/plain"))

    started = asyncio.Event()
    app = Starlette(routes=[Route("/file", give)])
    serving = asyncio.create_task(serve(app, listener, started=started.set))
    await started.wait()
    with socket.create_connection(listener.getsockname()) as stalled:
        stalled.sendall(b"GET /file HTTP/1.1\r\nHost: here\r\n\r\n")
        async with asyncio.timeout(30):
            await opened.wait()
            await closed.wait()
    serving.cancel()
    await asyncio.wait([serving])
