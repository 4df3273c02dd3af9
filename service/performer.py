"""Which process performs the workflows of a database: one at a time."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog

from runtime.durable.embedded import EmbeddedEngine
from service.lock import FileLock

TRY_SECONDS: Final = 1.0
"""How often a process that performs no workflows asks whether it should."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class WorkflowPerformer:
    """Performs workflows in this process as soon as no other process does.

    An engine undoes what it finds unfinished when it opens; two at once would undo each other's
    work.  A process that waits its turn still starts workflows: the other one performs them.
    """

    def __init__(self, engine: EmbeddedEngine[Any], lock: FileLock) -> None:
        self._engine = engine
        self._lock = lock
        self._waiting: asyncio.Task[None] | None = None
        self.performing = False
        """Whether it is this process's turn."""

    async def open(self) -> None:
        """Begin to perform workflows, or to wait for the turn."""
        if not await self._try():
            self._waiting = asyncio.create_task(self._wait())

    async def close(self) -> None:
        """Perform no more: what is in flight stays unfinished, for the next one to find."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        if self.performing:
            await self._engine.close()
        self._lock.release()

    async def _wait(self) -> None:
        while True:
            await asyncio.sleep(TRY_SECONDS)
            try:
                if await self._try():
                    return
            except Exception:
                # Whoever has the turn and cannot use it must not keep it.
                self._lock.release()
                _log.exception("workflows.not_performed")

    async def _try(self) -> bool:
        if not self._lock.acquire():
            return False
        await self._engine.open()
        self.performing = True
        _log.info("workflows.performed_here")
        return True
