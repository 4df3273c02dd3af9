from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from runtime.database.engine import Database
from runtime.events import retention as retention_module
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.retention import Retention
from runtime.events.transaction import Transactions
from tests.unit.runtime.pond import PUBLISHER, calling, seen

pytestmark = pytest.mark.engines


LONG = 3600.0
MANY = 1_000_000


@pytest.fixture
async def happened(database: Database, log: EventLog) -> None:
    """Twelve events, just now."""
    transactions = Transactions(database, PUBLISHER, MemoryEvents(log), strict=True)
    for _ in range(4):
        async with transactions.begin(calling("see_fish")) as transaction:
            for _ in range(3):
                transaction.publish(seen())


async def kept(log: EventLog) -> list[int]:
    return [event.position for event in await log.read(0, 100)]


@pytest.mark.usefixtures("happened")
async def test_the_oldest_go_where_there_are_too_many(database: Database, log: EventLog) -> None:
    retention = Retention(database, log, keep_seconds=LONG, keep_count=5)
    assert await retention.prune() == 7
    assert await kept(log) == [8, 9, 10, 11, 12]
    assert await retention.prune() == 0
    assert retention.counters.removed == 7


@pytest.mark.usefixtures("happened")
async def test_those_go_that_are_too_old(database: Database, log: EventLog) -> None:
    retention = Retention(database, log, keep_seconds=LONG, keep_count=MANY)
    now = datetime.now(UTC)
    assert await retention.prune(now + timedelta(seconds=LONG - 60)) == 0
    assert await retention.prune(now + timedelta(seconds=LONG + 60)) == 12
    assert await kept(log) == []


@pytest.mark.usefixtures("happened")
async def test_positions_go_on_from_where_they_were(database: Database, log: EventLog) -> None:
    await Retention(database, log, keep_seconds=LONG, keep_count=1).prune()
    transactions = Transactions(database, PUBLISHER, MemoryEvents(log), strict=True)
    async with transactions.begin(calling("see_fish")) as transaction:
        transaction.publish(seen())
    assert await kept(log) == [12, 13]


@pytest.mark.usefixtures("happened")
async def test_many_are_removed_in_small_transactions(
    database: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_module, "BATCH", 4)
    assert await Retention(database, log, keep_seconds=LONG, keep_count=1).prune() == 11
    assert await kept(log) == [12]


@pytest.mark.usefixtures("happened")
async def test_several_processes_may_prune_at_once(database: Database, log: EventLog) -> None:
    both = [Retention(database, log, keep_seconds=LONG, keep_count=2) for _ in range(2)]
    await asyncio.gather(*(each.prune() for each in both))
    assert await kept(log) == [11, 12]


async def test_another_stream_is_left_alone(database: Database, happened: None) -> None:
    other = EventLog(database, "river")
    assert await Retention(database, other, keep_seconds=LONG, keep_count=1).prune() == 0
    assert len(await kept(EventLog(database, "pond"))) == 12


@pytest.mark.usefixtures("happened")
async def test_a_new_epoch_is_later_than_the_one_before(log: EventLog) -> None:
    before = await log.head()
    first = await log.raise_epoch()
    second = await log.raise_epoch()
    assert before.epoch < first.epoch < second.epoch
    assert second.position == before.position == 12
