"""The lease: one holder at a time, overtaken when it is silent, and fenced off from then on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.durable.lease import LEASE_SECONDS, Fence, Lease, Overtaken
from tests.unit.runtime.durable.conftest import Bench, note

pytestmark = pytest.mark.engines


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Stopping(Clock):
    """The clock of a process that is stopped, for longer than the lease, between two looks at it."""

    def __init__(self, stops: int) -> None:
        super().__init__()
        self.looks = 0
        self._stops = stops

    def __call__(self) -> float:
        self.looks += 1
        if self.looks % 2 == 0 and self.looks <= 2 * self._stops:
            self.now += LEASE_SECONDS
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(bench: Bench) -> AsyncIterator[Database]:
    """What another process would have open."""
    database = await Database.open(bench.database.url)
    yield database
    await database.close()


def held(lease: Lease) -> Fence:
    assert lease.fence is not None
    return lease.fence


async def test_a_free_lease_is_taken_at_once_and_by_one(bench: Bench, clock: Clock) -> None:
    leases = [Lease(bench.database, f"process {number}", clock=clock) for number in range(8)]
    taken = await asyncio.gather(*(lease.acquire() for lease in leases))

    assert sorted(taken) == [False] * 7 + [True]
    assert [lease.fence is not None for lease in leases] == taken
    [holder] = [lease for lease in leases if lease.fence is not None]
    [*others] = [lease for lease in leases if lease.fence is None]
    assert not await others[0].acquire()
    assert others[0].holder == holder.holder == f"process {taken.index(True)}"


async def test_a_silent_holder_is_overtaken_when_the_lease_has_run_out(
    bench: Bench, clock: Clock
) -> None:
    first, second = (Lease(bench.database, name, clock=clock) for name in ("first", "second"))
    assert await first.acquire()
    assert not await second.acquire()
    clock.now += LEASE_SECONDS - 0.01
    assert not await second.acquire()
    clock.now += 0.01
    assert await second.acquire()

    assert held(second).number == held(first).number + 1
    assert not await first.renew()
    assert await second.renew()


async def test_a_holder_that_lives_is_never_overtaken(bench: Bench, clock: Clock) -> None:
    first, second = (Lease(bench.database, name, clock=clock) for name in ("first", "second"))
    await first.acquire()
    for _ in range(20):
        assert await first.renew()
        assert not await second.acquire()
        clock.now += LEASE_SECONDS * 0.9


async def test_a_lease_that_is_given_back_is_taken_at_once(bench: Bench, clock: Clock) -> None:
    first, second = (Lease(bench.database, name, clock=clock) for name in ("first", "second"))
    await first.acquire()
    assert not await second.acquire()
    await first.release()
    await first.release()

    assert first.fence is None
    assert await second.acquire()


async def test_who_was_overtaken_gives_nothing_back(bench: Bench, clock: Clock) -> None:
    first, second = (Lease(bench.database, name, clock=clock) for name in ("first", "second"))
    await overtake(first, second, clock)
    await first.release()

    assert await second.renew()


async def test_who_was_overtaken_writes_nothing_any_more(bench: Bench, clock: Clock) -> None:
    first, second = (Lease(bench.database, name, clock=clock) for name in ("first", "second"))
    await overtake(first, second, clock)

    async def write(fence: Fence, text: str) -> None:
        async with bench.transactions.begin(Caller.background("baker")) as transaction:
            await note(text)(transaction)
            await fence.check(transaction.session)

    with pytest.raises(Overtaken):
        await write(held(first), "late")
    await write(held(second), "in time")
    with pytest.raises(Overtaken):
        await held(first).confirm()
    await held(second).confirm()
    assert await bench.notes() == ["in time"]


async def test_nobody_takes_the_lease_between_the_check_and_the_commit(
    bench: Bench, clock: Clock, database: Database
) -> None:
    first, second = (
        Lease(bench.database, "first", clock=clock),
        Lease(database, "second", clock=clock),
    )
    await first.acquire()
    await second.acquire()
    clock.now += LEASE_SECONDS
    committed = False

    async def take() -> None:
        assert await second.acquire()
        assert committed

    async with bench.transactions.begin(Caller.background("baker")) as transaction:
        await held(first).check(transaction.session)
        taking = asyncio.create_task(take())
        await asyncio.sleep(0.2)
        assert not taking.done()
        committed = True
    await taking


@pytest.mark.parametrize("stops", [0, 1, 3])
async def test_a_process_that_was_stopped_while_it_made_sure_makes_sure_again(
    bench: Bench, stops: int
) -> None:
    clock = Stopping(stops)
    lease = Lease(bench.database, "first", clock=clock)
    await lease.acquire()
    clock.looks = 0
    await held(lease).confirm()

    assert clock.looks == 2 * (stops + 1)


async def overtake(first: Lease, second: Lease, clock: Clock) -> None:
    await first.acquire()
    await second.acquire()
    clock.now += LEASE_SECONDS
    assert await second.acquire()
