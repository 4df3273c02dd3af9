from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from fastapi import APIRouter, Request, Response, WebSocket

from runtime.auth.attributes import SIGNED_IN
from runtime.auth.off import NoVerification
from runtime.auth.tickets.ticket import TicketScheme
from runtime.auth.tokens import InvalidCredential
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

Ringing = Callable[[WebSocket], Awaitable[None]]


@dataclass
class Tower:
    """What the stream of the library does once a listener is in, and who has listened."""

    ring: Ringing | None = None
    headers: list[dict[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    to_lose: int = 0
    """How many tickets are lost from now on, with the store that kept them."""


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

    @routes.router.websocket("/bells")
    async def bells(websocket: WebSocket) -> None:
        try:
            await admit_watcher(websocket, security, BELLS)
            if tower.to_lose:
                tower.to_lose -= 1
                raise InvalidCredential("lost")
        except InvalidCredential:
            await websocket.send_denial_response(json(401, "Unauthorized"))
            return
        tower.headers.append(dict(websocket.headers))
        tower.queries.append(websocket.url.query)
        await websocket.accept()
        assert tower.ring is not None
        try:
            await tower.ring(websocket)
        finally:
            tower.left.set()

    return routes.router


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
async def client(address: str) -> AsyncIterator[LibraryClient]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(LibraryClient(address, token="*"))
