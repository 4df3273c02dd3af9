"""What the rows of a first page cost: nothing for the packages that are not on it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.models import AIPStatus
from service.storage.aip_list import Wanted, page_query
from tests.many_packages import fill, moment
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines

PACKAGES: Final = 20_000
PAGE: Final = 20
STORED: Final = AIPStatus.STORED
PENDING: Final = AIPStatus.PENDING
EARLY: Final = moment(100)
LATE: Final = moment(PACKAGES - 100)

FILTERS: Final = {
    "nothing": Wanted(),
    "status": Wanted(status=STORED),
    "rare status": Wanted(status=PENDING),
    "from early on": Wanted(earliest=EARLY),
    "from late on": Wanted(earliest=LATE),
    "before early": Wanted(latest=EARLY),
    "before late": Wanted(latest=LATE),
    "in between": Wanted(earliest=EARLY, latest=LATE),
    "status from early on": Wanted(status=STORED, earliest=EARLY),
    "status before early": Wanted(status=STORED, latest=EARLY),
    "status in between": Wanted(status=STORED, earliest=EARLY, latest=LATE),
    "rare status in between": Wanted(status=PENDING, earliest=EARLY, latest=LATE),
}
"""What the dashboard asks for: whatever it is, an index has it in the order of the list."""

BOUND: Final = {"sqlite": 20 * PAGE, "postgresql": 2 * PAGE, "mariadb": 2 * PAGE}
"""The work of a page at most: on SQLite steps, on the others rows.  A full scan takes 20,000."""


class Work:
    """How much a transaction has done: rows looked at; on SQLite, steps of its machine."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._steps = 0

    async def begin(self) -> None:
        if self._session.get_bind().dialect.name == "sqlite":
            connection = await self._session.connection()
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.set_progress_handler(self._step, 1)

    async def done(self) -> int:
        match self._session.get_bind().dialect.name:
            case "sqlite":
                return self._steps
            case "postgresql":
                query = (
                    "SELECT seq_tup_read + idx_tup_fetch"
                    " FROM pg_stat_xact_user_tables WHERE relname = 'aip'"
                )
            case _:
                query = (
                    "SELECT SUM(variable_value) FROM information_schema.session_status"
                    " WHERE variable_name LIKE 'Handler_read%'"
                )
        return int(await self._session.scalar(text(query)) or 0)

    def _step(self) -> int:
        self._steps += 1
        return 0


async def work(domain: Domain, wanted: Wanted) -> int:
    """Read a first page, and return what that took."""
    async with domain.database.read() as session:
        work = Work(session)
        await work.begin()
        before = await work.done()
        rows = await session.scalars(page_query(wanted, limit=PAGE, offset=0))
        assert len(rows.all()) == PAGE
        return await work.done() - before


async def test_a_first_page_takes_work_for_its_own_rows_only(domain: Domain) -> None:
    await fill(domain.database.url, PACKAGES)
    works = {name: await work(domain, wanted) for name, wanted in FILTERS.items()}
    bound = BOUND[domain.database.name]
    assert {name: done for name, done in works.items() if done > bound} == {}
