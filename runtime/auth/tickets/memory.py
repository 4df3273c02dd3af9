"""Tickets in the memory of one process."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from typing import Final

from runtime.auth.tickets.ticket import TicketStoreUnavailable

CAPACITY: Final = 100_000
"""How many tickets one process keeps at most (about 60 MB)."""


class MemoryTicketStore:
    """Keeps tickets for this process alone; expired ones are swept whenever one is put.

    When ``capacity`` live tickets are kept, the next is refused: to forget an older one instead
    would let one caller spoil the tickets of all others.  ``now`` gives seconds on any scale that
    never runs backwards.
    """

    def __init__(
        self, *, capacity: int = CAPACITY, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity = capacity
        self._now = now
        self._entries: dict[str, tuple[float, bytes]] = {}
        self._expiries: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._entries)

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value.

        Raises:
            TicketStoreUnavailable: ``capacity`` live tickets are kept already.
        """
        self._sweep()
        if len(self._entries) >= self._capacity:
            raise TicketStoreUnavailable(f"{self._capacity} tickets are open already")
        expires_at = self._now() + seconds
        self._entries[key] = (expires_at, value)
        heapq.heappush(self._expiries, (expires_at, key))

    async def take(self, key: str) -> bytes | None:
        """Remove a value and return it, unless it has expired."""
        value = await self.look(key)
        self._entries.pop(key, None)
        return value

    async def look(self, key: str) -> bytes | None:
        """Return a value and leave it there, unless it has expired."""
        entry = self._entries.get(key)
        if entry is None or entry[0] <= self._now():
            return None
        return entry[1]

    async def close(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._expiries.clear()

    def _sweep(self) -> None:
        now = self._now()
        while self._expiries and self._expiries[0][0] <= now:
            _, key = heapq.heappop(self._expiries)
            self._entries.pop(key, None)
