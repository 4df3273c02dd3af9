"""Engines that take each other's place on one database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from runtime.auth.claims import Caller
from runtime.durable import tables
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Ending, Run, RunStatus
from tests.unit.runtime.durable.conftest import (
    Bench,
    Noted,
    completed,
    ended,
    note,
    workflow,
)

pytestmark = pytest.mark.engines

SHORT_SECONDS = 0.3
"""How long the leases of these tests last."""


async def performing(engine: EmbeddedEngine[Noted]) -> None:
    """Wait until an engine performs runs."""
    async with asyncio.timeout(10):
        while True:
            if engine.performs:
                return
            await asyncio.sleep(0.01)


async def idle(engine: EmbeddedEngine[Noted]) -> None:
    """Wait until an engine has nothing in flight."""
    async with asyncio.timeout(10):
        while True:
            if not engine._performing:
                return
            await asyncio.sleep(0.01)


async def waiting(bench: Bench) -> Any:
    """Wait until the one run waits for a signal, and return its row."""
    async with asyncio.timeout(10):
        while True:
            async with bench.database.read() as session:
                row = (await session.execute(tables.workflow_run.select())).one()
            if row.waits_for is not None:
                return row
            await asyncio.sleep(0.01)


async def bake(run: Run[Noted]) -> Ending[Noted]:
    await run.change("opened", note(f"{run.identifier} opened"))
    return completed(note(f"{run.identifier} done"))


async def test_of_two_engines_one_performs_and_each_run_is_performed_once(bench: Bench) -> None:
    first, second = (bench.engine(workflow(bake)) for _ in range(2))
    await asyncio.gather(first.open(), second.open())
    assert sorted([first.performs, second.performs]) == [False, True]
    assert first.performer == second.performer
    for number in range(10):
        await bench.start((first, second)[number % 2], f"loaf {number}")
    for number in range(10):
        assert await ended(first, f"loaf {number}") is RunStatus.COMPLETED

    assert sorted(await bench.notes()) == sorted(
        f"loaf {number} {what}" for number in range(10) for what in ("opened", "done")
    )
    idle, busy = sorted((first, second), key=lambda engine: engine.performs)
    assert (idle.counters.completed, busy.counters.completed) == (0, 10)
    assert first.counters.started == second.counters.started == 5
    assert (busy.counters.leases_taken, idle.counters.leases_taken) == (1, 0)


async def test_an_engine_that_closes_lets_the_next_one_in_at_once(bench: Bench) -> None:
    first, second = (bench.engine(workflow(bake)) for _ in range(2))
    await first.open()
    await first.close()
    await second.open()

    assert (first.performs, second.performs) == (False, True)


async def test_an_engine_that_waits_takes_over_when_the_other_closes(bench: Bench) -> None:
    first, second = (bench.engine(workflow(bake), lease_seconds=SHORT_SECONDS) for _ in range(2))
    await first.open()
    await second.open()
    await bench.start(first, "loaf 1")
    await ended(first, "loaf 1")
    await first.close()
    await bench.start(first, "loaf 2")

    assert await ended(second, "loaf 2") is RunStatus.COMPLETED
    assert second.counters.completed == 1


async def test_an_engine_that_fell_silent_records_nothing_any_more(bench: Bench) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    lives: list[str] = []

    async def rise_slowly() -> str:
        lives.append("first")
        begun.set()
        await go.wait()
        return "risen in the first"

    async def rise() -> str:
        lives.append("second")
        return "risen in the second"

    async def perform_slowly(run: Run[Noted]) -> Ending[Noted]:
        await run.change("opened", note("opened"))
        return completed(note(await run.step("rise", rise_slowly)))

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.change("opened", note("opened"))
        risen = await run.step("rise", rise)
        return completed(note(f"{risen}, {await run.wait('served', 'serve')}"))

    first = bench.engine(workflow(perform_slowly), lease_seconds=SHORT_SECONDS)
    second = bench.engine(workflow(perform), lease_seconds=SHORT_SECONDS)
    await first.open()
    await bench.start(first)
    await begun.wait()
    assert first._tending is not None
    first._tending.cancel()
    await second.open()
    await performing(second)
    assert (await waiting(bench)).waits_for == "serve"
    go.set()
    await idle(first)

    assert not first.performs
    async with bench.transactions.begin(Caller.background("customer")) as transaction:
        await first.signal(transaction, "loaf", "serve", "warm")
    assert await ended(second) is RunStatus.COMPLETED
    assert lives == ["first", "second"]
    assert await bench.notes() == ["opened", "risen in the second, warm"]
    assert (first.counters.leases_lost, first.counters.completed) == (1, 0)


async def test_an_engine_that_was_overtaken_stops_what_it_performs_and_waits_its_turn(
    bench: Bench,
) -> None:
    begun = asyncio.Event()
    stopped = asyncio.Event()

    async def rise() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            stopped.set()

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("rise", rise)
        return completed()

    first = bench.engine(workflow(perform), lease_seconds=SHORT_SECONDS)
    await first.open()
    await bench.start(first)
    await begun.wait()
    await seize(bench)
    async with asyncio.timeout(10):
        await stopped.wait()
    # The other one is silent, so the first has its turn again.
    begun.clear()
    await performing(first)
    async with asyncio.timeout(10):
        await begun.wait()
    assert (first.counters.leases_lost, first.counters.leases_taken) == (1, 2)


async def seize(bench: Bench) -> None:
    """Take the lease from whoever holds it."""
    writing = await bench.database.begin_write()
    await writing.session.execute(
        tables.workflow_lease.update().values(
            owner="another", fence=tables.workflow_lease.c.fence + 1
        )
    )
    await writing.commit()
    await writing.end()
