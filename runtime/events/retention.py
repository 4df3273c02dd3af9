"""How long events are kept: who comes back later than that is told to load everything again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select

from runtime.database.completion import to_the_end
from runtime.database.engine import Database, Writing
from runtime.events.counters import RetentionCounters
from runtime.events.log import EventLog, event

BATCH: Final = 500
"""How many events are removed in one transaction, so that nobody waits long to write."""
EVERY_SECONDS: Final = 10.0
"""How often it is looked whether something is due."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Retention:
    """Removes the oldest events of a log, by age and by count.

    Any number of processes may do so at once.  An event need not have been delivered to be
    removed; its watchers are reset.
    """

    def __init__(
        self, database: Database, log: EventLog, *, keep_seconds: float, keep_count: int
    ) -> None:
        """Keep events for ``keep_seconds``, and never more than ``keep_count`` of them."""
        self.counters = RetentionCounters()
        self._database = database
        self._log = log
        self._keep = timedelta(seconds=keep_seconds)
        self._count = keep_count
        self._works = True

    async def run(self) -> None:
        """Remove what is due, again and again, without end."""
        while True:
            try:
                await self.prune()
                self._works = True
            except Exception as error:
                # Nothing is lost by waiting; the database tells its trouble elsewhere too.
                self.counters.failures += 1
                if self._works:
                    self._works = False
                    _log.error("retention.failed", reason=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def prune(self, now: datetime | None = None) -> int:
        """Remove what is due at ``now``, and return how many that were.

        Only the oldest go: an event that stands behind a younger one, because a clock was set
        back, waits for that one.
        """
        before = (now or datetime.now(UTC)) - self._keep
        first_kept = (await self._log.head()).position - self._count + 1
        removed = 0
        while True:
            due = _due(await self._oldest(), before, first_kept)
            if not due:
                return removed
            await self._remove(due[-1])
            removed += len(due)
            self.counters.removed += len(due)
            if len(due) < BATCH:
                return removed

    async def _oldest(self) -> list[tuple[int, datetime]]:
        query = (
            select(event.c.position, event.c.recorded_at)
            .where(event.c.stream == self._log.stream)
            .order_by(event.c.position)
            .limit(BATCH)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return [(row.position, row.recorded_at) for row in rows]

    async def _remove(self, last: int) -> None:
        writing = await self._database.begin_write()
        await to_the_end(self._delete(writing, last))

    async def _delete(self, writing: Writing, last: int) -> None:
        try:
            await writing.session.execute(
                delete(event).where(event.c.stream == self._log.stream, event.c.position <= last)
            )
            await writing.commit()
        finally:
            await writing.end()


def _due(oldest: list[tuple[int, datetime]], before: datetime, first_kept: int) -> list[int]:
    due = []
    for position, recorded_at in oldest:
        if position >= first_kept and recorded_at >= before:
            break
        due.append(position)
    return due
