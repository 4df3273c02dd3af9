"""Steps that fail are tried again: later, and not more often because a process died."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from runtime.durable import tables
from runtime.durable.engine import ONCE, Ending, Retry, Run, RunStatus
from tests.unit.runtime.durable.conftest import (
    Bench,
    Noted,
    completed,
    ended,
    note,
    put_off,
    workflow,
)

LATER = Retry(attempts=3, seconds=3600, longest=3600)


def test_waits_grow_up_to_the_longest_and_end_with_the_last_attempt() -> None:
    retry = Retry(attempts=5, seconds=1.0, factor=3.0, longest=10.0, unless=(KeyError,))
    error = ValueError()

    assert [retry.wait_after(failed, error) for failed in range(1, 6)] == [1, 3, 9, 10, None]
    assert retry.wait_after(1, KeyError()) is None
    assert ONCE.wait_after(1, error) is None


@pytest.mark.engines
async def test_attempts_and_the_next_one_are_recorded_and_outlive_the_process(bench: Bench) -> None:
    tries = 0

    async def heat() -> None:
        nonlocal tries
        tries += 1
        raise ValueError("cold oven")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("heat", heat, LATER)
        return completed()

    for failed in (1, 2):
        async with bench.running(workflow(perform)) as engine:
            if failed == 1:
                await bench.start(engine)
            row = await put_off(bench, engine, failed)
            assert tries == failed
            assert timedelta(minutes=59) < row.due_at - datetime.now(UTC) <= timedelta(hours=1)
            await engine.close()
        # The next process neither hurries...
        async with bench.running(workflow(perform)) as engine:
            await asyncio.sleep(0.05)
            assert tries == failed
            await engine.close()
        # ... nor forgets.
        await due_now(bench)
    async with bench.running(workflow(perform)) as engine:
        assert await ended(engine) is RunStatus.FAILED
    assert tries == 3
    assert await bench.notes() == ["gave up: cold oven"]


@pytest.mark.engines
async def test_each_step_has_attempts_of_its_own(bench: Bench) -> None:
    tries: list[str] = []

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        for name in ("heat", "bake"):

            async def fail_once(name: str = name) -> None:
                tries.append(name)
                if tries.count(name) == 1:
                    raise ValueError("cold oven")

            await run.step(name, fail_once, Retry(attempts=2, seconds=0))
        return completed()

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.COMPLETED
        assert tries == ["heat", "heat", "bake", "bake"]


@pytest.mark.engines
async def test_a_run_that_waits_for_its_next_attempt_holds_up_no_other(bench: Bench) -> None:
    async def heat() -> None:
        raise ValueError("cold oven")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        if run.identifier == "loaf":
            await run.step("heat", heat, LATER)
        return completed(note(run.identifier))

    engine = bench.engine(workflow(perform), concurrent_runs=1)
    await engine.open()
    await bench.start(engine, "loaf")
    await bench.start(engine, "roll")

    assert await ended(engine, "roll") is RunStatus.COMPLETED
    assert await engine.status("loaf") is RunStatus.RUNNING


async def due_now(bench: Bench) -> None:
    writing = await bench.database.begin_write()
    await writing.session.execute(tables.workflow_run.update().values(due_at=datetime.now(UTC)))
    await writing.commit()
    await writing.end()
