"""Runs that ended long ago are removed, by the engine that performs runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.durable import retention as retention_module
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Ending, Run, RunStatus
from runtime.durable.retention import RunRetention
from runtime.durable.tables import workflow_run, workflow_signal, workflow_step
from tests.unit.runtime.durable.conftest import (
    Bench,
    Noted,
    completed,
    count,
    ended,
    recorded,
    workflow,
)
from tests.unit.runtime.waiting import until

pytestmark = pytest.mark.engines

LONG = 3600.0
LATER = timedelta(seconds=LONG + 60)


async def bake(run: Run[Noted]) -> Ending[Noted]:
    async def heat() -> int:
        return 220

    await run.step("heat", heat)
    if run.identifier.startswith("waits"):
        await run.wait("answered", "answer")
    return completed()


async def baked(bench: Bench, *identifiers: str) -> EmbeddedEngine[Noted]:
    """Perform runs to their end, or to where they wait."""
    engine = bench.engine(workflow(bake))
    await engine.open()
    for identifier in identifiers:
        await bench.start(engine, identifier)
    for identifier in identifiers:
        if not identifier.startswith("waits"):
            assert await ended(engine, identifier) is RunStatus.COMPLETED
    await recorded(bench, len(identifiers))
    return engine


async def test_what_ended_long_ago_goes_with_all_that_belongs_to_it(bench: Bench) -> None:
    engine = await baked(bench, "loaf", "roll")
    retention = RunRetention(bench.database, engine, keep_seconds=LONG)

    now = datetime.now(UTC)
    assert await retention.prune(now + timedelta(seconds=LONG - 60)) == 0
    assert await engine.status("loaf") is RunStatus.COMPLETED
    assert await retention.prune(now + LATER) == 2
    assert await engine.status("loaf") is RunStatus.NONE
    assert [await count(bench, each) for each in (workflow_run, workflow_step)] == [0, 0]
    assert engine.counters.removed == 2


async def test_a_run_that_has_not_ended_stays_however_old_it_is(bench: Bench) -> None:
    engine = await baked(bench, "loaf", "waits")
    async with bench.transactions.begin(Caller.background("customer")) as transaction:
        await engine.signal(transaction, "waits", "something else", 1)
    assert (
        await RunRetention(bench.database, engine, keep_seconds=LONG).prune(
            datetime.now(UTC) + timedelta(days=3650)
        )
        == 1
    )

    assert await engine.status("waits") is RunStatus.RUNNING
    assert await count(bench, workflow_step) == 1
    assert await count(bench, workflow_signal) == 1
    async with bench.transactions.begin(Caller.background("customer")) as transaction:
        await engine.signal(transaction, "waits", "answer", "yes")
    assert await ended(engine, "waits") is RunStatus.COMPLETED


async def test_many_are_removed_in_small_transactions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await baked(bench, *(f"loaf {number}" for number in range(5)))
    monkeypatch.setattr(retention_module, "BATCH", 2)
    removed: list[int] = []
    remove = retention_module._remove

    async def counted(*arguments: object) -> int:
        removed.append(await remove(*arguments))  # type: ignore[arg-type]
        return removed[-1]

    monkeypatch.setattr(retention_module, "_remove", counted)
    retention = RunRetention(bench.database, engine, keep_seconds=LONG)
    assert await retention.prune(datetime.now(UTC) + LATER) == 5
    assert removed == [2, 2, 1]


async def test_only_the_engine_that_performs_runs_removes_them(bench: Bench) -> None:
    first = await baked(bench, "loaf")
    second = bench.engine(workflow(bake), lease_seconds=0.1)
    await second.open()
    retention = RunRetention(bench.database, second, keep_seconds=LONG)
    assert await retention.prune(datetime.now(UTC) + LATER) == 0
    await first.close()
    await until(lambda: second.performs)
    assert await retention.prune(datetime.now(UTC) + LATER) == 1


async def test_an_identifier_whose_runs_are_gone_is_free_for_another(bench: Bench) -> None:
    engine = await baked(bench, "loaf")
    await RunRetention(bench.database, engine, keep_seconds=LONG).prune(datetime.now(UTC) + LATER)
    await bench.start(engine, "loaf")
    assert await ended(engine, "loaf") is RunStatus.COMPLETED


async def test_it_goes_on_after_trouble_and_says_it_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await baked(bench, "loaf")
    retention = RunRetention(bench.database, engine, keep_seconds=0.001)
    with capture_logs() as logs, monkeypatch.context() as away:
        tries = 0

        async def fail(_database: Database) -> None:
            nonlocal tries
            tries += 1
            raise OSError

        away.setattr(Database, "begin_write", fail)
        running = asyncio.create_task(retention.run(every_seconds=0.01))
        await until(lambda: tries >= 3)
    await until(lambda: engine.counters.removed == 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [entry["event"] for entry in logs].count("workflows.not_pruned") == 1
