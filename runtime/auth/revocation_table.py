"""Revocations in the service's database: written by an operator, known to every process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import Column, MetaData, String, Table, delete, insert, select

from runtime.auth.claims import Claims
from runtime.auth.revocations import Revocation
from runtime.database.completion import to_the_end
from runtime.database.engine import Database, Writing
from runtime.database.types import UTCDateTime
from runtime.metrics.gauge import gauge

LOOK_SECONDS: Final = 2.0
"""How often each process looks at the table: a revocation is known everywhere within 5 s."""
STALE_SECONDS: Final = 10.0
"""After how long without a look a process calls itself degraded."""
ISSUER_LENGTH: Final = 512
SUBJECT_LENGTH: Final = 255
"""OpenID Connect Core 1.0, section 2, allows no longer one.  Both together fit into the longest key
that MariaDB has."""

metadata: Final = MetaData()
"""The table, for the migrations of the service that keeps it."""

revocation: Final = Table(
    "revocation",
    metadata,
    Column("issuer", String(ISSUER_LENGTH), primary_key=True),
    Column("subject", String(SUBJECT_LENGTH), primary_key=True),
    Column("issued_before", UTCDateTime, nullable=False),
)

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(slots=True)
class RevocationCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    known: int = gauge()
    """Subjects of whom this process knows a revocation."""
    read_failures: int = 0
    """Times the table of revocations could not be read; what was known stayed in force."""


class RevocationTable:
    """What has been revoked, in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> list[Revocation]:
        """Return all of it, by issuer and subject."""
        query = select(revocation).order_by(revocation.c.issuer, revocation.c.subject)
        async with self._database.read() as session:
            return [Revocation(**row._mapping) for row in (await session.execute(query)).all()]

    async def add(self, new: Revocation) -> None:
        """Revoke; an earlier revocation of the same subject is replaced.

        Raises:
            ValueError: The subject is empty, or issuer or subject is longer than any can be.
        """
        if not new.subject:
            raise ValueError("a revocation needs a subject")
        for what, text, most in (
            ("an issuer", new.issuer, ISSUER_LENGTH),
            ("a subject", new.subject, SUBJECT_LENGTH),
        ):
            if len(text) > most:
                raise ValueError(f"{what} has at most {most} characters, not {len(text)}")
        writing = await self._database.begin_write()
        await to_the_end(self._replace(writing, new.issuer, new.subject, new))

    async def remove(self, issuer: str, subject: str) -> bool:
        """Let tokens of a subject be good again; tell whether they were not."""
        writing = await self._database.begin_write()
        return await to_the_end(self._replace(writing, issuer, subject, None))

    async def _replace(
        self, writing: Writing, issuer: str, subject: str, by: Revocation | None
    ) -> bool:
        mine = (revocation.c.issuer == issuer) & (revocation.c.subject == subject)
        try:
            found = await writing.session.scalar(select(revocation.c.subject).where(mine))
            await writing.session.execute(delete(revocation).where(mine))
            if by is not None:
                values = {"issuer": issuer, "subject": subject, "issued_before": by.issued_before}
                await writing.session.execute(insert(revocation).values(values))
            await writing.commit()
        finally:
            await writing.end()
        return found is not None


class KnownRevocations:
    """What this process knows of the table.

    While the table cannot be read, what was known stays in force, and what is new is not known:
    the process says of itself that it is degraded.  ``on_change`` is called after each change.
    """

    def __init__(
        self, table: RevocationTable, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.counters = RevocationCounters()
        self.on_change: Callable[[], None] = lambda: None
        self._table = table
        self._now = now
        self._known: dict[tuple[str, str], Revocation] = {}
        self._read_at = now()
        self._readable = True
        self._looking: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, table: RevocationTable) -> KnownRevocations:
        """Read the table, and go on reading it until closed."""
        known = cls(table)
        known._take(await table.read())
        known._looking = asyncio.get_running_loop().create_task(known._keep_looking())
        return known

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    @property
    def stale(self) -> bool:
        """Whether the table has not been read for so long that something may have been missed."""
        return self._now() - self._read_at > STALE_SECONDS

    def cover(self, claims: Claims) -> bool:
        """Tell whether claims are no longer good."""
        found = self._known.get((claims.issuer, claims.subject))
        return found is not None and found.covers(claims)

    async def look(self) -> None:
        """Read the table now."""
        try:
            found = await self._table.read()
        except Exception as error:
            self.counters.read_failures += 1
            if self._readable:
                self._readable = False
                _log.error("revocations.unreadable", reason=type(error).__name__)
            return
        self._readable = True
        self._take(found)

    def _take(self, found: list[Revocation]) -> None:
        self._read_at = self._now()
        known = {(each.issuer, each.subject): each for each in found}
        if known != self._known:
            self._known = known
            self.counters.known = len(known)
            self.on_change()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()
