"""What a database says happened: its log, the ledger beside it, and what things have become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from generated.storage.publisher import PUBLISHER
from runtime.database.engine import Database
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from service.storage import items
from service.storage.rows import AIPRow, LocationRow
from tests.faults import ledger
from tests.faults.comparison import documents_of
from tests.faults.ledger import Entry


@dataclass(frozen=True)
class Account:
    """All of it, read when nobody writes any more."""

    epoch: int
    events: Sequence[StoredEvent]
    entries: Sequence[Entry]
    things: dict[str, bytes]
    """What each package and location is now, as an event would tell, by its identifier."""

    @property
    def documents(self) -> list[str]:
        """What whoever may see everything was to see."""
        return documents_of(self.events, self.epoch)

    @property
    def told(self) -> dict[str, bytes]:
        """What the last event of each thing says."""
        return {str(event.subject): event.payload for event in self.events}


async def read_log(database_url: str) -> tuple[int, list[StoredEvent]]:
    """Read the epoch, and every event."""
    database = await Database.open(database_url)
    log = EventLog(database, PUBLISHER.stream)
    try:
        head = await log.head()
        return head.epoch, await log.read(0, head.position)
    finally:
        await database.close()


async def read_account(database_url: str) -> Account:
    """Read all of it."""
    epoch, events = await read_log(database_url)
    database = await Database.open(database_url)
    try:
        async with database.read() as session:
            entries = await ledger.entries(session)
            aips = await session.scalars(select(AIPRow))
            shown = {str(row.uuid): items.aip(row).to_json() for row in aips}
            locations = await session.scalars(select(LocationRow))
            shown |= {str(row.uuid): items.location(row).to_json() for row in locations}
    finally:
        await database.close()
    things = {
        uuid: b'{"uuid":"%b","item":%b}' % (uuid.encode(), item) for uuid, item in shown.items()
    }
    return Account(epoch, events, entries, things)
