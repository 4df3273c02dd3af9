"""The pond, served: a real uvicorn on a port of its own, on a real log."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

import httpx2
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect

from runtime.auth.attributes import SIGNED_IN
from runtime.auth.claims import Caller, Claims
from runtime.auth.development import DevelopmentTokens
from runtime.auth.places import PlaceLimits, Places
from runtime.auth.revocations import NoRevocations, Revocations
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import Tickets
from runtime.database.engine import Database
from runtime.errors import Forbidden, Unauthorized
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.transaction import Transactions
from runtime.http.route import CheckedRoutes
from runtime.http.security import Security
from runtime.monitor.admission import invite
from runtime.monitor.delivery import Limits
from runtime.monitor.monitor import Monitor
from runtime.monitor.sight import Selection
from runtime.monitor.sse import serve_sse
from runtime.monitor.stream import Stream
from runtime.monitor.watcher import Watcher
from runtime.monitor.websocket import serve_websocket
from runtime.serving.uvicorn import UVICORN
from tests.unit.runtime.pond import PUBLISHER, STREAM, PondEvent, angler, calling, seen
from tests.unit.runtime.waiting import until


@dataclass(kw_only=True)
class PondAddress:
    """A pond that is served somewhere."""

    port: int
    tokens: DevelopmentTokens
    query: str = ""

    def asking(self, **query: str) -> Self:
        """The same pond, asked with a query."""
        return replace(self, query=f"?{urlencode(query)}")

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/pond{self.query}"

    def watch(self, *attributes: str, ttl: int = 3600, **options: Any) -> connect:
        """Open a WebSocket with a token that has these attributes."""
        headers = self.bearer(*attributes, ttl=ttl)
        return self.open(headers={**headers, **options.pop("headers", {})}, **options)

    def bearer(self, *attributes: str, ttl: int = 3600) -> dict[str, str]:
        """The header with a token that has these attributes."""
        return {"Authorization": f"Bearer {self.token(*attributes, ttl=ttl)}"}

    def token(self, *attributes: str, ttl: int = 3600) -> str:
        """A token that has these attributes."""
        return self.tokens.mint(attributes=attributes, ttl=ttl)

    def open(self, *, headers: dict[str, str], **options: Any) -> connect:
        """Open a WebSocket with these headers."""
        return connect(
            self.url,
            additional_headers=headers,
            compression=options.pop("compression", None),
            proxy=None,
            open_timeout=20,
            **options,
        )

    async def ask_for_ticket(self, *attributes: str) -> httpx2.Response:
        """Ask for a ticket as a client does."""
        async with httpx2.AsyncClient() as client:
            url = self.url.replace("ws://", "http://")
            return await client.post(url, headers=self.bearer(*attributes))


@dataclass(kw_only=True)
class PondServer(PondAddress):
    """A pond that runs here."""

    server: uvicorn.Server
    monitor: Monitor
    tickets: Tickets
    places: Places
    transactions: Transactions[PondEvent]

    async def ticket(self, claims: Claims | None = None) -> dict[str, str]:
        """Ask for a ticket, and carry it as a cookie."""
        scheme = STREAM.ticket
        assert scheme is not None
        ticket = await self.tickets.issue(scheme, "", claims or angler("*"))
        return {"Cookie": f"{scheme.cookie}={ticket}"}

    async def happen(self, *events: PondEvent) -> None:
        """Commit events, all in one transaction."""
        async with self.transactions.begin(calling("anything")) as transaction:
            for event in events:
                transaction.publish(event)


KEY: Final = b"k" * 32
"""What the pond's tokens are signed with."""


def pond_app(
    monitor: Monitor, security: Security, stream: Stream = STREAM, limits: Limits | None = None
) -> FastAPI:
    """The pond as an application."""

    async def join(caller: Caller, selection: Selection) -> Watcher:
        assert caller.operation == "watch_pond"
        return monitor.join(caller.claims, selection)

    app = FastAPI()
    routes = CheckedRoutes(APIRouter(), security, unauthorized=Unauthorized, forbidden=Forbidden)

    @routes.post("/pond", "watch_pond_request", requires=SIGNED_IN, status=200)
    async def ask(request: Request) -> Response:
        return await invite(request, security, stream)

    app.include_router(routes.router)

    @app.websocket("/pond")
    async def watch(websocket: WebSocket) -> None:
        await serve_websocket(websocket, security, stream, join, limits or Limits())

    @app.get("/pond")
    async def watch_by_sse(request: Request) -> Response:
        return await serve_sse(request, security, stream, join, limits or Limits())

    return app


@asynccontextmanager
async def serve_pond(
    database: Database,
    *,
    stream: Stream = STREAM,
    limits: Limits | None = None,
    ring_bytes: int = 16_000_000,
    events_per_second: float | None = None,
    allowed_origins: tuple[str, ...] = (),
    places: Places | None = None,
    revocations: Revocations | None = None,
    settings: dict[str, Any] | None = None,
) -> AsyncIterator[PondServer]:
    """Serve a pond until the end of the block."""
    events = MemoryEvents(EventLog(database, "pond"))
    monitor = await Monitor.open(
        stream, events, ring_bytes=ring_bytes, events_per_second=events_per_second
    )
    tokens = DevelopmentTokens(KEY, audience="pond")
    tickets = Tickets(MemoryTicketStore())
    places = places or Places(PlaceLimits(of_one=1000))
    security = Security(
        tokens,
        tickets,
        allowed_origins,
        places=places,
        revocations=revocations or NoRevocations(),
    )
    app = pond_app(monitor, security, stream, limits)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(app, log_config=None, lifespan="off", **{**UVICORN, **(settings or {})})
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    await until(lambda: server.started)
    pond = PondServer(
        port=listener.getsockname()[1],
        tokens=tokens,
        server=server,
        monitor=monitor,
        tickets=tickets,
        places=places,
        transactions=Transactions(database, PUBLISHER, events),
    )
    try:
        yield pond
    finally:
        server.should_exit = True
        await serving
        await monitor.close()


async def receive(client: ClientConnection, seconds: float = 5) -> dict[str, Any]:
    """Return the next frame: its type, its value, its id."""
    async with asyncio.timeout(seconds):
        text = await client.recv()
    assert isinstance(text, str)
    assert text.endswith("}\n")
    document = json.loads(text)
    assert set(document) == {"value", "id"}
    return {**document["value"], "id": document["id"]}


async def receive_many(client: ClientConnection, count: int) -> list[str]:
    """Return the types of the next frames."""
    return [(await receive(client))["type"] for _ in range(count)]


def fish(count: int) -> list[PondEvent]:
    """So many fish are seen."""
    return [seen(f"fish-{number}") for number in range(count)]
