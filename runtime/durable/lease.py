"""Which process performs the runs of a database: one at a time, by a lease with a fence.

The lease is a row.  Whoever holds it changes the row's ``beat`` all the time; whoever wants it
watches, and takes it when the beat has stood still for as long as the lease lasts.  Each measures
that by a clock of its own that never steps, so nobody's idea of the time of day matters.

Every taking raises the row's ``fence``.  A holder that was stopped and wakes up cannot know at once
that it has been overtaken, so each of its writes compares the fence in its own transaction, and is
rolled back if the number is another.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database.completion import to_the_end
from runtime.database.engine import Database, Writing
from runtime.durable.tables import workflow_lease

LEASE_SECONDS: Final = 3.0
"""For how long a holder that is silent keeps the lease."""

NAME: Final = "runner"

_row: Final = workflow_lease.c


class Overtaken(BaseException):
    """Another process holds the lease: this one may not go on with anything."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What a holder of the lease proves its right with; good until somebody else takes it."""

    number: int
    database: Database
    seconds: float
    clock: Callable[[], float]

    async def check(self, session: AsyncSession) -> None:
        """See that nobody has taken the lease, nor does before this transaction ends.

        It locks the row against whoever wants to take the lease, so it belongs near the commit,
        after every lock that others may hold for long.

        Raises:
            Overtaken: Somebody has.
        """
        query = select(_row.fence).where(_row.name == NAME).with_for_update(read=True)
        if await session.scalar(query) != self.number:
            raise Overtaken

    async def confirm(self) -> None:
        """See that nobody has taken the lease, nor can in the next moment.

        Raises:
            Overtaken: Somebody has.
        """
        while True:
            before = self.clock()
            if not await self.write(beat=_row.beat + 1):
                raise Overtaken
            # Unless this process was stopped since, the others wait for so much longer.
            if self.clock() - before < self.seconds / 2:
                return

    async def write(self, **values: Any) -> bool:
        """Change the row, and tell whether the lease is still held."""
        writing = await self.database.begin_write()
        return await to_the_end(_update(writing, _row.fence == self.number, **values))


class _Seen(NamedTuple):
    owner: str | None
    fence: int
    beat: int


class Lease:
    """The right to perform runs, sought and held by one process."""

    def __init__(
        self,
        database: Database,
        owner: str,
        *,
        seconds: float = LEASE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hold nothing yet.

        Args:
            database: Where the row is.
            owner: Names this process to people.
            seconds: See :data:`LEASE_SECONDS`; the same in every process.
            clock: Seconds that never step.
        """
        self.fence: Fence | None = None
        """Not ``None`` once the lease is held; whoever learns that it is lost forgets it."""
        self._database = database
        self._owner = owner
        self._seconds = seconds
        self._clock = clock
        self._seen: _Seen | None = None
        self._since = 0.0

    @property
    def holder(self) -> str:
        """Who holds the lease, for people, as far as is known."""
        seen = self._seen.owner if self._seen is not None else None
        return self._owner if self.fence is not None else seen or "nobody"

    async def acquire(self) -> bool:
        """Take the lease if it is free, or its holder has been silent for too long."""
        seen = await self._look()
        if seen.owner is not None and self._clock() - self._since < self._seconds:
            return False
        writing = await self._database.begin_write()
        taken = await to_the_end(self._take(writing, seen))
        if not taken:  # another one was faster
            await self._look()
        return taken

    async def renew(self) -> bool:
        """Tell the others that this process lives; ``False`` if one of them has the lease."""
        return self.fence is not None and await self.fence.write(beat=_row.beat + 1)

    async def release(self) -> None:
        """Give the lease to whoever wants it."""
        fence, self.fence = self.fence, None
        if fence is not None:
            await fence.write(owner=None)

    async def _look(self) -> _Seen:
        query = select(_row.owner, _row.fence, _row.beat).where(_row.name == NAME)
        async with self._database.read() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None:
            await to_the_end(self._create(await self._database.begin_write()))
            return await self._look()
        seen = _Seen(*row)
        if seen != self._seen:
            self._seen, self._since = seen, self._clock()
        return seen

    async def _create(self, writing: Writing) -> None:
        try:
            await writing.session.execute(
                insert(workflow_lease).values(name=NAME, owner=None, fence=0, beat=0)
            )
            await writing.commit()
        except IntegrityError:
            # Another process was faster.
            await writing.session.rollback()
        finally:
            await writing.end()

    async def _take(self, writing: Writing, seen: _Seen) -> bool:
        number = seen.fence + 1
        as_seen = _row.fence == seen.fence, _row.beat == seen.beat
        if taken := await _update(writing, *as_seen, owner=self._owner, fence=number, beat=0):
            self.fence = Fence(number, self._database, self._seconds, self._clock)
        return taken


async def _update(writing: Writing, *conditions: Any, **values: Any) -> bool:
    statement = update(workflow_lease).where(_row.name == NAME, *conditions).values(**values)
    try:
        result: Any = await writing.session.execute(statement)
        await writing.commit()
    finally:
        await writing.end()
    return bool(result.rowcount)
