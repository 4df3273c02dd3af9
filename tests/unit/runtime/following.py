"""Following a log in the background."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from runtime.events.event import StoredEvent
from runtime.events.service import EventService
from tests.unit.runtime.waiting import until


@asynccontextmanager
async def following(service: EventService, after: int = 0) -> AsyncIterator[list[StoredEvent]]:
    """Hand out a list that grows by what is delivered."""
    events: list[StoredEvent] = []
    task = asyncio.create_task(service.follow(after, events.append))
    try:
        yield events
    finally:
        task.cancel()
        # What made it end before is an error: nothing would have come any more.
        with suppress(asyncio.CancelledError):
            await task


async def take(service: EventService, after: int, count: int) -> list[StoredEvent]:
    """Follow until so many events have come."""
    async with following(service, after) as events:
        await until(lambda: len(events) >= count, seconds=10)
        return events[:count]
