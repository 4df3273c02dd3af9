from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

import pytest
from fastapi import APIRouter, Request, Response, WebSocket
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from runtime.auth.attributes import SIGNED_IN
from runtime.auth.off import NoVerification
from runtime.auth.tickets.ticket import TicketScheme
from runtime.auth.tokens import InvalidCredential
from runtime.client.watch import Transport
from runtime.http.response import json
from runtime.http.route import CheckedRoutes
from runtime.http.security import Security
from runtime.http.tickets import admit_watcher, issue_ticket
from tests.unit.runtime.client.library_client import LibraryClient
from tests.unit.runtime.http.library import (
    ACCESS,
    Forbidden,
    Library,
    Unauthorized,
    library_app,
    open_security,
)
from tests.unit.runtime.http.serving import served

BELLS = TicketScheme(name="bells", cookie="library-bells", seconds=5)


class Listener(Protocol):
    """Who listens, over either transport: a WebSocket of Starlette has all of this."""

    async def send_text(self, data: str, /) -> None: ...

    async def close(self, code: int = 1000, reason: str | None = None, /) -> None: ...

    async def receive(self) -> Message: ...

    def iter_text(self) -> AsyncIterator[str]: ...


Ringing = Callable[[Listener], Awaitable[None]]


class EventStream(Response):
    """A listener by server-sent events, who hears what a tower rings."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self._tower = tower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        assert self._tower.ring is not None
        ringing = asyncio.ensure_future(self._tower.ring(self))
        gone = asyncio.create_task(self._until_gone())
        try:
            await asyncio.wait((ringing, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ringing.cancel()
            gone.cancel()
            await asyncio.gather(ringing, gone, return_exceptions=True)
            self._tower.left.set()

    async def send_text(self, data: str, /) -> None:
        body = b"data: %b\n\n" % data.strip().encode()
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        await asyncio.sleep(0)

    async def close(self, code: int = 1000, reason: str | None = None, /) -> None:
        await self._send({"type": "http.response.body", "body": b""})

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def iter_text(self) -> AsyncIterator[str]:
        yield str(await self.receive())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


@dataclass
class Tower:
    """What the stream of the library does once a listener is in, and who has listened."""

    ring: Ringing | None = None
    headers: list[dict[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    to_lose: int = 0
    """How many tickets are lost from now on, with the store that kept them."""

    def enter(self, connection: HTTPConnection) -> None:
        """Note who listens from now on."""
        self.headers.append(dict(connection.headers))
        self.queries.append(connection.url.query)


class Cable:
    """What lies between a client and a service, and can be cut."""

    def __init__(self, address: str) -> None:
        self._port = int(address.rpartition(":")[2])
        self._writers: list[asyncio.StreamWriter] = []
        self.address = ""

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, there_writer]
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cable(address: str) -> AsyncIterator[Cable]:
    laid = Cable(address)
    server = await asyncio.start_server(laid.connect, "127.0.0.1", 0)
    laid.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield laid
    finally:
        laid.cut()
        server.close()


def bells_router(tower: Tower, security: Security) -> APIRouter:
    routes = CheckedRoutes(
        APIRouter(prefix="/library"), security, unauthorized=Unauthorized, forbidden=Forbidden
    )

    @routes.post("/bells", "bells_request", requires=SIGNED_IN, status=200, errors=ACCESS)
    async def bells_request(request: Request) -> Response:
        return await issue_ticket(request, security, BELLS)

    async def admit(connection: HTTPConnection) -> None:
        await admit_watcher(connection, security, BELLS)
        if tower.to_lose:
            tower.to_lose -= 1
            raise InvalidCredential("lost")

    @routes.router.websocket("/bells")
    async def bells(websocket: WebSocket) -> None:
        try:
            await admit(websocket)
        except InvalidCredential:
            await websocket.send_denial_response(json(401, "Unauthorized"))
            return
        tower.enter(websocket)
        await websocket.accept()
        assert tower.ring is not None
        try:
            await tower.ring(websocket)
        finally:
            tower.left.set()

    # As the generated router has it: the same path, by content.
    @routes.router.get("/bells")
    async def bells_by_sse(request: Request) -> Response:
        try:
            await admit(request)
        except InvalidCredential:
            return json(401, "Unauthorized")
        tower.enter(request)
        return EventStream(tower)

    return routes.router


@pytest.fixture
def transport() -> Transport:
    """How streams come; a suite that is for both has a fixture of its own."""
    return "websocket"


@pytest.fixture
def tower() -> Tower:
    return Tower()


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def security() -> Security:
    return open_security()


@pytest.fixture
async def address(library: Library, tower: Tower, security: Security) -> AsyncIterator[str]:
    app = library_app(library, security)
    app.include_router(bells_router(tower, security))
    async with served(app) as url:
        yield url


@pytest.fixture
async def open_address(library: Library, tower: Tower) -> AsyncIterator[str]:
    """The library with access control off."""
    off = Security(NoVerification(), None)
    app = library_app(library, off)
    app.include_router(bells_router(tower, off))
    async with served(app) as url:
        yield url


@pytest.fixture
async def client(address: str, transport: Transport) -> AsyncIterator[LibraryClient]:
    async with LibraryClient(address, token="*", transport=transport) as client:
        yield client
