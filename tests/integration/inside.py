"""What no request can cause yet, caused by a process that shares the server's database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from generated.storage.events import StorageEvent
from generated.storage.publisher import PUBLISHER
from runtime.database.engine import Database
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.transaction import Transactions
from tests.servers.storage_service import StorageServer


@asynccontextmanager
async def inside(server: StorageServer) -> AsyncIterator[Transactions[StorageEvent]]:
    """Begin transactions on a server's database; no doorbell rings there, so it has to look."""
    database = await Database.open(f"sqlite+aiosqlite:///{server.folder / 'storage.db'}")
    events = MemoryEvents(EventLog(database, PUBLISHER.stream))
    try:
        yield Transactions(database, PUBLISHER, events, strict=True)
    finally:
        await events.close()
        await database.close()
