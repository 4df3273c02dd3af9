"""The two servers that ``bench.fan_out`` compares; started by it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import uvicorn
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from runtime.auth.attributes import SIGNED_IN
from runtime.auth.claims import Caller
from runtime.auth.off import NoVerification
from runtime.database.engine import Database, migration_engine
from runtime.events import log as event_log
from runtime.events.event import Event, StoredEvent
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.publisher import Publisher
from runtime.events.transaction import Transactions
from runtime.http.security import Security
from runtime.monitor.monitor import Monitor
from runtime.monitor.sight import Selection
from runtime.monitor.stream import Heartbeat, Stream
from runtime.monitor.watcher import Watcher
from runtime.monitor.websocket import serve_websocket
from runtime.serving.uvicorn import UVICORN

Publish = Callable[[int], Awaitable[list[float]]]
"""Publishes so many events at once, and returns when each left."""


class PingEvent(Event):
    tag: ClassVar[str] = "ping_event"
    message: str


class MeasuredEvent(Event):
    tag: ClassVar[str] = "measured_event"
    text: str = "x" * 300


def routes(app: FastAPI, publish: Publish) -> None:
    @app.get("/steady")
    async def steady(count: int) -> PlainTextResponse:
        times = []
        for _ in range(count):
            times += await publish(1)
            await asyncio.sleep(0.05)
        return PlainTextResponse("\n".join(map(str, times)))

    @app.get("/burst")
    async def burst(count: int) -> PlainTextResponse:
        return PlainTextResponse("\n".join(map(str, await publish(count))))


def usual() -> FastAPI:
    app = FastAPI()
    queues: set[asyncio.Queue[str]] = set()

    async def publish(count: int) -> list[float]:
        times = []
        for _ in range(count):
            event = MeasuredEvent()
            text = f'{{"value":{{"type":"{event.tag}","value":{event.model_dump_json()}}}}}\n'
            times.append(time.monotonic())
            for queue in queues:
                queue.put_nowait(text)
        return times

    @app.websocket("/watch")
    async def watch(websocket: WebSocket) -> None:
        await websocket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()
        queues.add(queue)
        try:
            await websocket.send_text('{"value":{"type":"ping_event","value":{"message":"Hello"}}}')
            while True:
                await websocket.send_text(await queue.get())
        except WebSocketDisconnect:
            pass
        finally:
            queues.discard(queue)

    routes(app, publish)
    return app


class TimedEvents(MemoryEvents):
    """Notes when events were committed: the doorbell rings right after."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(log)
        self.times: list[float] = []

    def publish(self, events: Sequence[StoredEvent]) -> None:
        self.times += [time.monotonic()] * len(events)
        super().publish(events)


def ours(folder: Path) -> FastAPI:
    ping = PingEvent(message="Hello")
    stream = Stream(
        name="watch",
        log="bench",
        requires=SIGNED_IN,
        events={"measured_event": SIGNED_IN},
        heartbeat=Heartbeat(10.0, ping, ping),
        reset=None,
    )
    publisher: Publisher[MeasuredEvent | PingEvent] = Publisher(
        stream="bench",
        events={"measured_event": MeasuredEvent, "ping_event": PingEvent},
        emits={"measure": frozenset({MeasuredEvent})},
        fault=ping,
    )

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        engine = migration_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(event_log.metadata.create_all)
        await engine.dispose()
        database = await Database.open(url)
        events = TimedEvents(EventLog(database, "bench"))
        monitor = await Monitor.open(stream, events)
        transactions = Transactions(database, publisher, events)

        async def publish(count: int) -> list[float]:
            events.times.clear()
            async with transactions.begin(Caller.background("measure")) as transaction:
                for _ in range(count):
                    transaction.publish(MeasuredEvent())
            return list(events.times)

        async def join(caller: Caller, selection: Selection) -> Watcher:
            return monitor.join(caller.claims, selection)

        @app.websocket("/watch")
        async def watch(websocket: WebSocket) -> None:
            await serve_websocket(websocket, Security(NoVerification(), None), stream, join)

        routes(app, publish)
        yield
        await monitor.close()
        await database.close()

    return FastAPI(lifespan=running)


def main() -> None:
    kind, port, folder = sys.argv[1:]
    app, settings = (ours(Path(folder)), UVICORN) if kind == "ours" else (usual(), {})
    # The readers answer no pings, and compression would be all there is to see.
    same = {"ws_ping_interval": None, "ws_per_message_deflate": False}
    uvicorn.run(app, port=int(port), log_level="error", **{**settings, **same})


if __name__ == "__main__":
    main()
