"""How long the runs that have ended are kept: nothing depends on them but who asks how they ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from runtime.database.completion import to_the_end
from runtime.database.engine import Database, Writing
from runtime.durable import journal
from runtime.durable.embedded import EmbeddedEngine

BATCH: Final = 500
"""How many runs are removed in one transaction, so that nobody waits long to write."""
EVERY_SECONDS: Final = 60.0
"""How often it is looked whether something is due."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class RunRetention:
    """Removes runs that ended long ago, with their steps, in the process that performs runs.

    An unfinished run stays, however old it is.
    """

    def __init__(
        self, database: Database, engine: EmbeddedEngine[Any], *, keep_seconds: float
    ) -> None:
        """Keep runs for ``keep_seconds`` after their end."""
        self._database = database
        self._engine = engine
        self._keep = timedelta(seconds=keep_seconds)
        self._works = True

    async def run(self, every_seconds: float = EVERY_SECONDS) -> None:
        """Remove what is due, again and again, without end."""
        while True:
            try:
                await self.prune()
                self._works = True
            except Exception as error:
                # Nothing is lost by waiting; the database tells its trouble elsewhere too.
                if self._works:
                    self._works = False
                    _log.error("workflows.not_pruned", reason=type(error).__name__)
            await asyncio.sleep(every_seconds)

    async def prune(self, now: datetime | None = None) -> int:
        """Remove what is due at ``now``, if it is up to this process; return how many that were."""
        before = (now or datetime.now(UTC)) - self._keep
        removed = 0
        while self._engine.performs:
            writing = await self._database.begin_write()
            batch = await to_the_end(_remove(writing, before))
            removed += batch
            self._engine.counters.removed += batch
            if batch < BATCH:
                break
        return removed


async def _remove(writing: Writing, before: datetime) -> int:
    try:
        removed = await journal.remove_ended(writing.session, before, limit=BATCH)
        await writing.commit()
    finally:
        await writing.end()
    return removed
