"""The log: every event in the order of its commit, in the service's own database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    case,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import IntegrityError

from runtime.database.completion import to_the_end
from runtime.database.engine import Database, Writing
from runtime.database.types import UTCDateTime
from runtime.events.counter import append
from runtime.events.counter.batch import Batch
from runtime.events.event import EventPosition, StoredEvent
from runtime.events.publisher import EncodedEvent

metadata: Final = MetaData()
"""The tables of the log, for the migrations of the service that keeps it."""

event_stream: Final = Table(
    "event_stream",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)
event: Final = Table(
    "event",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("tag", String(128), nullable=False),
    Column("subject", String(255)),
    # MariaDB cuts a plain BLOB at 64 KiB.
    Column("payload", LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("operation", String(128), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
)


class EventLog:
    """One stream of events in a database."""

    def __init__(self, database: Database, stream: str) -> None:
        self.stream = stream
        self._database = database
        self._begun = False
        self._newest: int | None = None
        """The position of the last event written here."""

    async def head(self) -> EventPosition:
        """Return the newest position.  The first call ever begins the log."""
        query = select(event_stream.c.epoch, event_stream.c.position).where(
            event_stream.c.name == self.stream
        )
        async with self._database.read() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None:
            await self._create()
            return await self.head()
        self._begun = True
        return EventPosition(row.epoch, row.position)

    async def read(self, after: int, limit: int) -> list[StoredEvent]:
        """Return the events that follow a position, in order, at most ``limit`` of them."""
        query = (
            select(event)
            .where(event.c.stream == self.stream, event.c.position > after)
            .order_by(event.c.position)
            .limit(limit)
        )
        async with self._database.read() as session:
            return [_stored(row) for row in (await session.execute(query)).all()]

    async def commit(
        self, writing: Writing, events: Sequence[EncodedEvent], *, actor: str, operation: str
    ) -> list[StoredEvent]:
        """Commit a transaction, with events at the next positions as its last statements.

        The counter's row is locked from there to the end, so that positions are dense, stand in the
        order of the commits, and go with a commit that fails.
        """
        if not events:
            await writing.commit()
            return []
        batch = Batch(
            stream=self.stream,
            events=events,
            actor=actor,
            operation=operation,
            recorded_at=datetime.now(UTC),
            newest=self._newest,
        )
        last = await append(writing.connection, batch)
        if last is None:
            last = len(events)
            await writing.connection.execute(insert(event_stream).values(self._row()))
            await append(writing.connection, batch)
        await writing.commit()
        self._newest = last
        return [
            StoredEvent(
                stream=self.stream,
                position=position,
                tag=encoded.tag,
                subject=encoded.subject,
                payload=encoded.payload,
                actor=actor,
                operation=operation,
                recorded_at=batch.recorded_at,
            )
            for position, encoded in enumerate(events, last - len(events) + 1)
        ]

    async def begin(self) -> None:
        """See that the log has its row; a look into the database at the first call only.

        Without it the first events of concurrent writers would meet, and all but one of them fail.
        """
        if not self._begun:
            await self.head()

    async def raise_epoch(self) -> EventPosition:
        """Begin a new epoch, and return the newest position in it.

        After an older state of the database was restored: positions of what has been lost would
        be taken for those of what happens from now on.
        """
        await self.head()
        writing = await self._database.begin_write()
        await to_the_end(self._raise(writing))
        return await self.head()

    async def _raise(self, writing: Writing) -> None:
        now = int(time.time() * 1000)
        epoch = event_stream.c.epoch
        later = case((epoch < now, now), else_=epoch + 1)
        try:
            await writing.session.execute(
                update(event_stream).where(event_stream.c.name == self.stream).values(epoch=later)
            )
            await writing.commit()
        finally:
            await writing.end()

    async def _create(self) -> None:
        writing = await self._database.begin_write()
        await to_the_end(self._insert(writing))

    async def _insert(self, writing: Writing) -> None:
        try:
            await writing.session.execute(insert(event_stream).values(self._row()))
            await writing.commit()
        except IntegrityError:
            # Another process was faster; its epoch is the log's.
            await writing.session.rollback()
        finally:
            await writing.end()

    def _row(self) -> dict[str, object]:
        return {"name": self.stream, "epoch": int(time.time() * 1000), "position": 0}


def _stored(row: Row[tuple[object, ...]]) -> StoredEvent:
    return StoredEvent(**row._mapping)
