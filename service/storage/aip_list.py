"""The list of packages: searched, filtered, newest first, in pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.errors import NotValid
from generated.storage.models import AIPs, AIPStatus, Page
from service.storage import items
from service.storage.rows import AIPS_BY_MOMENT, AIPS_BY_STATUS, AIPRow
from service.storage.search import contains
from service.storage.texts import NUL

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which packages a caller wants to see (contract, behaviour.md section 2).

    ``earliest`` is inclusive and ``latest`` exclusive, unless both are the same moment, which then
    is the only one meant.  Without ``latest`` it is now.
    """

    query: str | None = None
    status: AIPStatus | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what a package must fulfil.

        Raises:
            NotValid: The time range ends before it starts.
        """
        conditions = self._created()
        if self.query:
            conditions.append(self._named(self.query))
        if self.status is not None:
            conditions.append(AIPRow.status == self.status)
        return conditions

    def _named(self, query: str) -> ColumnElement[bool]:
        if NUL in query:
            return false()  # no text that is kept holds it, and not every database can be asked
        return or_(contains(AIPRow.name, query), contains(AIPRow.uuid, query))

    def _created(self) -> list[ColumnElement[bool]]:
        if self.earliest is None:
            return [] if self.latest is None else [AIPRow.created_at < self.latest]
        latest = self.latest or self.now
        if latest < self.earliest:
            raise NotValid("created at: time range: end cannot be before start")
        if latest == self.earliest:
            return [AIPRow.created_at == latest]
        return [AIPRow.created_at >= self.earliest, AIPRow.created_at < latest]


async def list_aips(
    session: AsyncSession, wanted: Wanted, *, limit: int | None, offset: int | None
) -> AIPs:
    """Read one page; the total counts all pages and belongs to the same snapshot.

    Raises:
        NotValid: The time range ends before it starts.
    """
    limit, offset = effective_limit(limit), effective_offset(offset)
    rows = await session.scalars(page_query(wanted, limit=limit, offset=offset))
    found = [items.aip(row) for row in rows]
    if 0 < len(found) < limit or (not found and not offset):
        total = offset + len(found)  # the page has the last of them: nothing is left to count
    else:
        total = await session.scalar(total_query(wanted)) or 0
    return AIPs(items=found, page=Page(limit=limit, offset=offset, total=total))


def page_query(wanted: Wanted, *, limit: int, offset: int) -> Select[AIPRow]:
    """Ask for one page: the newest first, and of one second the one that was recorded last.

    By the moment and then the number, not by the number alone: so every filter finds its rows in
    the order of an index, and reads no more of them than the page has.  MariaDB has to be told
    which: left alone it finds the status there, and passes over every package that is too new.
    Where a text is searched it may look as it likes, for it has to look at every one.
    """
    query = select(AIPRow).where(*wanted.conditions())
    if not wanted.query:
        index = AIPS_BY_MOMENT if wanted.status is None else AIPS_BY_STATUS
        query = query.with_hint(AIPRow, f"FORCE INDEX ({index.name})", "mysql")
    newest_first = query.order_by(AIPRow.created_at.desc(), AIPRow.id.desc())
    return newest_first.limit(limit).offset(offset)


def total_query(wanted: Wanted) -> Select[int]:
    """Ask how many packages there are on all pages, which takes longer the more there are."""
    return select(func.count()).select_from(AIPRow).where(*wanted.conditions())


def effective_limit(limit: int | None) -> int:
    """Return how many packages a page holds: 20 when not said, never more than 50,000."""
    if not limit:
        return DEFAULT_LIMIT
    return MAX_LIMIT if limit < 0 else min(limit, MAX_LIMIT)


def effective_offset(offset: int | None) -> int:
    """Return how many packages a page skips; a negative number is none."""
    return max(offset or 0, 0)
