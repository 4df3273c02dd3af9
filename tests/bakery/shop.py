"""The bakery, open: from a folder to a running server."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from bakery import Bakery, Row
from bakery_api.bakery.publisher import PUBLISHER
from bakery_api.bakery.router import bakery_router
from bakery_api.bakery.streams import WINDOW
from runtime.auth.development import DevelopmentTokens
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import Tickets
from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from runtime.events import log
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.transaction import Transactions
from runtime.http.app import add_routes, install, new_app
from runtime.http.security import Security
from runtime.monitor.monitor import Monitor
from runtime.serving.server import serve

DATA: Final = Path("data")
NIGHT_SECONDS: Final = 10.0


@asynccontextmanager
async def open_bakery(folder: Path) -> AsyncIterator[Bakery]:
    url = f"sqlite+aiosqlite:///{folder / 'bakery.db'}"
    await create_tables(url, [Row.metadata, log.metadata])
    database = await Database.open(url)
    events = MemoryEvents(EventLog(database, PUBLISHER.stream))
    monitor = await Monitor.open(WINDOW, events)
    try:
        yield Bakery(database, Transactions(database, PUBLISHER, events, strict=True), monitor)
    finally:
        await monitor.close()
        await database.close()


def application(bakery: Bakery, security: Security) -> FastAPI:
    app = new_app()
    install(app)
    add_routes(app, bakery_router(bakery, security))
    return app


def secured(tokens: DevelopmentTokens) -> Security:
    return Security(tokens, Tickets(MemoryTicketStore()))


def open_tokens(folder: Path) -> DevelopmentTokens:
    return DevelopmentTokens.open(folder / "token.key", audience="bakery")


async def run() -> None:
    listener = socket.create_server(("127.0.0.1", 8000))
    security = secured(open_tokens(DATA))
    async with open_bakery(DATA) as bakery, asyncio.TaskGroup() as tasks:
        nights = tasks.create_task(bake_every_night(bakery))
        print("The bakery is open: http://127.0.0.1:8000")
        await serve(application(bakery, security), listener, drain=security.places.drain)
        nights.cancel()


async def bake_every_night(bakery: Bakery) -> None:
    while True:
        await asyncio.sleep(NIGHT_SECONDS)
        await bakery.night_shift()


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    if sys.argv[1:2] == ["token"]:
        print(open_tokens(DATA).mint(attributes=sys.argv[2:]))
    else:
        asyncio.run(run())
