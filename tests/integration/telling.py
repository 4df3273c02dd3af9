"""Events that nobody asked for, written straight into a server's log by another process.

Whatever is in the table is served: so their kinds, subjects and sizes are as a test likes.  No
doorbell rings for them; the server finds them when it looks, which it does every second.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from generated.storage.publisher import PUBLISHER
from runtime.database.completion import to_the_end
from runtime.database.engine import Database
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.publisher import EncodedEvent
from tests.servers.storage_service import StorageServer


@dataclass(frozen=True)
class Teller:
    """Writes events to the log of a server on SQLite."""

    database: Database
    log: EventLog

    async def tell(self, events: Sequence[EncodedEvent]) -> list[StoredEvent]:
        """Write events in one transaction, and return them with their positions."""
        writing = await self.database.begin_write()
        try:
            return await self.log.commit(writing, events, actor="test", operation="test")
        finally:
            await to_the_end(writing.end())


@asynccontextmanager
async def telling(server: StorageServer) -> AsyncIterator[Teller]:
    """Open the database of a server."""
    database = await Database.open(f"sqlite:///{server.folder / 'storage.db'}")
    try:
        yield Teller(database, EventLog(database, PUBLISHER.stream))
    finally:
        await database.close()
