"""A new epoch of the events, for when an older database was restored."""

from __future__ import annotations

from generated.storage.publisher import PUBLISHER
from runtime.events.event import EventPosition
from runtime.events.log import EventLog
from service.database import OnlyServer, open_database
from service.settings import Settings


async def raise_epoch(settings: Settings) -> EventPosition:
    """Begin a new epoch while nobody serves the database; return where the events are.

    Raises:
        CannotStart: A process serves it, or it cannot be opened.
        CannotMigrate: A newer version was here before.
    """
    only = OnlyServer(settings)
    await only.open()
    try:
        database = await open_database(settings)
        try:
            return await EventLog(database, PUBLISHER.stream).raise_epoch()
        finally:
            await database.close()
    finally:
        await only.close()
