"""The pond in a process of its own: ``python -m ... SERVER PORT``, its database in POND_DATABASE."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import uvicorn
from fastapi import FastAPI, Request, Response

from runtime.auth.development import DevelopmentTokens
from runtime.auth.places import PlaceLimits, Places
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import Tickets
from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from runtime.events import log
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.transaction import Transactions
from runtime.http.response import json
from runtime.http.security import Security
from runtime.monitor.monitor import Monitor
from runtime.serving.uvicorn import UVICORN
from tests.unit.runtime.monitor.pond_server import KEY, pond_app
from tests.unit.runtime.pond import PUBLISHER, SCHEMA, STREAM, PondEvent, calling, caught, seen

HOST: Final = "127.0.0.1"
HAPPENING: Final[Mapping[str, Callable[[], PondEvent]]] = {"seen": seen, "caught": caught}


def application() -> FastAPI:
    """An application that opens what it needs when its server tells it to."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = f"sqlite:///{os.environ['POND_DATABASE']}"
        await create_tables(url, [log.metadata, SCHEMA])
        database = await Database.open(url)
        events = MemoryEvents(EventLog(database, "pond"))
        monitor = await Monitor.open(STREAM, events)
        security = Security(
            DevelopmentTokens(KEY, audience="pond"),
            Tickets(MemoryTicketStore()),
            places=Places(PlaceLimits(of_one=1000)),
        )
        transactions = Transactions(database, PUBLISHER, events)
        for route in pond_app(monitor, security).routes:
            app.router.routes.append(route)

        @app.post("/happen")
        async def happen(request: Request) -> Response:
            async with transactions.begin(calling("anything")) as transaction:
                for kind in await request.json():
                    transaction.publish(HAPPENING[kind]())
            return json(200, None)

        @app.get("/watching")
        async def watching() -> Response:
            return json(200, monitor.counters.watching)

        yield
        await monitor.close()
        await events.close()
        await database.close()

    return FastAPI(lifespan=lifespan)


def on_uvicorn(port: int) -> None:
    settings: dict[str, Any] = dict(UVICORN)
    uvicorn.run(application(), host=HOST, port=port, log_level="warning", **settings)


def on_hypercorn(port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.graceful_timeout = 1
    asyncio.run(serve(application(), config))  # type: ignore[arg-type]


def on_granian(port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        f"{__spec__.name}:application",
        factory=True,
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        workers_kill_timeout=5,
    ).serve()


if __name__ == "__main__":
    {"uvicorn": on_uvicorn, "hypercorn": on_hypercorn, "granian": on_granian}[sys.argv[1]](
        int(sys.argv[2])
    )
