"""Which process performs the workflows of a database: one at a time."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog

from runtime.database.lock import Lock
from runtime.durable.embedded import EmbeddedEngine

TRY_SECONDS: Final = 1.0
"""How often a process asks whether it should perform workflows, or still should."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class WorkflowPerformer:
    """Performs workflows in this process as soon as no other process does.

    An engine undoes what it finds unfinished when it opens; two at once would undo each other's
    work.  A process that waits its turn still starts workflows: the other one performs them.

    A lock that the database keeps goes with the connection to it.  Whoever loses it stops what it
    performs and waits for its turn again; it may notice up to a second late.
    """

    def __init__(self, engine: EmbeddedEngine[Any], lock: Lock) -> None:
        self._engine = engine
        self._lock = lock
        self._looking: asyncio.Task[None] | None = None
        self._seeing = True
        self.performing = False
        """Whether it is this process that performs."""

    async def open(self) -> None:
        """Begin to perform workflows, or to wait for the turn."""
        await self._look()
        self._looking = asyncio.create_task(self._keep_looking())

    async def close(self) -> None:
        """Perform no more: what is in flight stays unfinished, for the next one to find."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._stop()
        await self._lock.release()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(TRY_SECONDS)
            try:
                await self._look()
            except Exception as error:
                # The database is away.  So is the lock, perhaps; a later look will tell.
                if self._seeing:
                    _log.warning("workflows.look_failed", reason=str(error))
                self._seeing = False
            else:
                self._seeing = True

    async def _look(self) -> None:
        if self.performing:
            if not await self._lock.held():
                _log.warning("workflows.lock_lost")
                await self._stop()
        elif await self._lock.acquire():
            try:
                await self._engine.open()
            except BaseException:
                await self._lock.release()
                raise
            self.performing = True
            _log.info("workflows.performed_here")

    async def _stop(self) -> None:
        if self.performing:
            await self._engine.close()
            self.performing = False
