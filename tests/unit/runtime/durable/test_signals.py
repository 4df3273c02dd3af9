"""Runs that wait for a signal, and runs that are canceled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from runtime.auth.claims import Caller
from runtime.durable import tables
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Ending, Failure, Json, NotRunning, Retry, Run, RunStatus
from tests.unit.runtime.durable.conftest import (
    Bench,
    Noted,
    completed,
    count,
    ended,
    failed,
    note,
    recorded,
    workflow,
)

pytestmark = pytest.mark.engines

Engine = EmbeddedEngine[Noted]


async def ask(run: Run[Noted]) -> Ending[Noted]:
    await run.change("asked", note("asked"))
    answer = await run.wait("answered", "answer")
    return completed(note(f"answered {answer}"))


async def bake(run: Run[Noted]) -> Ending[Noted]:
    return completed()


async def signal(
    bench: Bench,
    engine: Engine,
    value: Json = "yes",
    name: str = "answer",
    identifier: str = "loaf",
) -> None:
    async with bench.transactions.begin(Caller.background("customer")) as transaction:
        await engine.signal(transaction, identifier, name, value)


async def cancel(bench: Bench, engine: Engine, identifier: str = "loaf") -> None:
    async with bench.transactions.begin(Caller.background("customer")) as transaction:
        await engine.cancel(transaction, identifier)


async def idle(bench: Bench, engine: Engine, *, waiting: int = 1) -> None:
    """Wait until so many runs wait for a signal or for their next attempt, and no other is begun."""
    async with asyncio.timeout(10):
        while True:
            async with bench.database.read() as session:
                rows = (await session.execute(tables.workflow_run.select())).all()
            unfinished = [row for row in rows if row.active]
            waits = [row for row in unfinished if row.waits_for or row.due_at]
            if len(waits) == len(unfinished) == waiting and not engine._performing:
                return
            await asyncio.sleep(0.005)


async def test_a_run_waits_for_a_signal_and_gets_what_it_carries(bench: Bench) -> None:
    async with bench.running(workflow(ask)) as engine:
        await bench.start(engine)
        await idle(bench, engine)
        assert await engine.status("loaf") is RunStatus.RUNNING
        await signal(bench, engine, {"crust": ["dark", 1.5, None]})

        assert await ended(engine) is RunStatus.COMPLETED
        assert await bench.notes() == ["asked", "answered {'crust': ['dark', 1.5, None]}"]
        assert await count(bench, tables.workflow_signal) == 0


async def test_a_signal_that_comes_before_the_run_waits_is_kept(bench: Bench) -> None:
    engine = bench.engine(workflow(ask))
    await bench.start(engine)
    await signal(bench, engine, None)
    await engine.open()

    assert await ended(engine) is RunStatus.COMPLETED
    assert await bench.notes() == ["asked", "answered None"]


async def test_each_wait_takes_the_oldest_signal_of_its_name(bench: Bench) -> None:
    async def perform(run: Run[Noted]) -> Ending[Noted]:
        got = [
            await run.wait("third", "other"),
            await run.wait("first", "answer"),
            await run.wait("second", "answer"),
        ]
        return completed(note(f"{got}"))

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)
        await idle(bench, engine)
        for value in (1, 2):
            await signal(bench, engine, value)
        assert await engine.status("loaf") is RunStatus.RUNNING
        await signal(bench, engine, 3, name="other")

        assert await ended(engine) is RunStatus.COMPLETED
        assert await bench.notes() == ["[3, 1, 2]"]


async def test_what_a_signal_carried_and_the_waiting_outlive_the_process(bench: Bench) -> None:
    lives = 0

    async def rise() -> str:
        if lives == 2:
            await asyncio.sleep(3600)
        return "risen"

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        answer = await run.wait("answered", "answer")
        return completed(note(f"{answer}, {await run.step('rise', rise)}"))

    for lives in (1, 2, 3):
        async with bench.running(workflow(perform)) as engine:
            if lives == 1:
                await bench.start(engine)
                await idle(bench, engine)
            if lives == 2:
                await idle(bench, engine)
                await signal(bench, engine)
                await recorded(bench)
            if lives == 3:
                assert await ended(engine) is RunStatus.COMPLETED
            await engine.close()
    assert await bench.notes() == ["yes, risen"]


async def test_a_waiting_run_holds_up_no_other(bench: Bench) -> None:
    engine = bench.engine(workflow(ask), workflow(bake, name="bake fast"), concurrent_runs=1)
    await engine.open()
    for number in range(5):
        await bench.start(engine, f"loaf {number}")
    await bench.start(engine, "roll", workflow="bake fast")

    assert await ended(engine, "roll") is RunStatus.COMPLETED
    await idle(bench, engine, waiting=5)
    await signal(bench, engine, identifier="loaf 3")
    assert await ended(engine, "loaf 3") is RunStatus.COMPLETED


async def test_a_signal_goes_with_a_rollback(bench: Bench) -> None:
    async with bench.running(workflow(ask)) as engine:
        await bench.start(engine)
        await idle(bench, engine)

        async def signal_and_fail() -> None:
            async with bench.transactions.begin(Caller.background("customer")) as transaction:
                await engine.signal(transaction, "loaf", "answer", "no")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await signal_and_fail()
        await signal(bench, engine, "yes")

        assert await ended(engine) is RunStatus.COMPLETED
        assert await bench.notes() == ["asked", "answered yes"]


@pytest.mark.parametrize("send", [signal, cancel])
async def test_a_run_that_is_not_there_or_has_ended_takes_no_signal(
    bench: Bench, send: Callable[[Bench, Engine], Awaitable[None]]
) -> None:
    async with bench.running(workflow(bake)) as engine:
        with pytest.raises(NotRunning, match="loaf is not running"):
            await send(bench, engine)
        await bench.start(engine)
        await ended(engine)
        with pytest.raises(NotRunning, match="loaf is not running"):
            await send(bench, engine)


async def test_a_signal_that_nobody_waited_for_goes_with_the_run(bench: Bench) -> None:
    engine = bench.engine(workflow(bake))
    await bench.start(engine)
    await signal(bench, engine)
    await engine.open()

    assert await ended(engine) is RunStatus.COMPLETED
    assert await count(bench, tables.workflow_signal) == 0


async def test_of_signals_that_meet_the_waiting_none_is_lost(bench: Bench) -> None:
    async def count_answers(run: Run[Noted]) -> Ending[Noted]:
        got = [await run.wait(f"answer {number}", "answer") for number in range(20)]
        return completed(note(f"{sorted(got, key=str)}"))

    async with bench.running(workflow(count_answers)) as engine:
        await bench.start(engine)
        await asyncio.gather(*(signal(bench, engine, f"{number:02}") for number in range(20)))

        assert await ended(engine) is RunStatus.COMPLETED
        assert await bench.notes() == [str([f"{number:02}" for number in range(20)])]


async def test_a_waiting_run_that_is_canceled_is_undone(bench: Bench) -> None:
    async with bench.running(workflow(ask)) as engine:
        await bench.start(engine)
        await idle(bench, engine)
        await cancel(bench, engine)

        assert await ended(engine) is RunStatus.CANCELED
        assert await bench.notes() == ["asked", "gave up: it was canceled"]


async def test_a_run_that_waits_for_its_next_attempt_is_canceled_at_once(bench: Bench) -> None:
    async def heat() -> None:
        raise ValueError("cold oven")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("heat", heat, Retry(attempts=2, seconds=3600, longest=3600))
        return completed()

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)
        await idle(bench, engine)
        await cancel(bench, engine)

        assert await ended(engine) is RunStatus.CANCELED


async def test_an_activity_is_cut_short_when_its_run_is_canceled(bench: Bench) -> None:
    begun = asyncio.Event()
    cut_short = False

    async def rise() -> None:
        nonlocal cut_short
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cut_short = True
            raise

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("rise", rise)
        return completed()

    async def undo(run: Run[Noted], failure: Failure) -> Ending[Noted]:
        assert not run.done("rise")
        return failed(note(str(failure)))

    async with bench.running(workflow(perform, undo)) as engine:
        await bench.start(engine)
        await begun.wait()
        await cancel(bench, engine)

        assert await ended(engine) is RunStatus.CANCELED
        assert cut_short
        assert await bench.notes() == ["it was canceled"]


async def test_what_would_be_recorded_after_the_cancelling_is_not(bench: Bench) -> None:
    async def cancel_ourselves() -> None:
        await cancel(bench, engine)

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("cancel", cancel_ourselves)
        await run.change("go on", note("went on"))
        return completed()

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.CANCELED
        assert await bench.notes() == ["gave up: it was canceled"]


async def test_a_canceled_run_is_not_performed_by_the_next_engine(bench: Bench) -> None:
    async def never(run: Run[Noted]) -> Ending[Noted]:
        raise AssertionError("it is canceled")

    engine = bench.engine(workflow(never))
    await bench.start(engine)
    await cancel(bench, engine)
    await engine.open()

    assert await ended(engine) is RunStatus.CANCELED


async def test_a_run_that_is_being_undone_goes_on_with_that_when_it_is_canceled(
    bench: Bench,
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        raise ValueError("burnt")

    async def sweep() -> None:
        begun.set()
        await go.wait()

    async def undo(run: Run[Noted], failure: Failure) -> Ending[Noted]:
        await run.step("sweep", sweep)
        return failed(note(str(failure)))

    async with bench.running(workflow(perform, undo)) as engine:
        await bench.start(engine)
        await begun.wait()
        await cancel(bench, engine)
        go.set()

        assert await ended(engine) is RunStatus.CANCELED
        assert await bench.notes() == ["internal error"]


async def test_a_canceled_run_of_which_all_was_done_ends_as_done(bench: Bench) -> None:
    async def undo(run: Run[Noted], failure: Failure) -> Ending[Noted]:
        return completed(note("it was out of the oven"))

    async with bench.running(workflow(ask, undo)) as engine:
        await bench.start(engine)
        await idle(bench, engine)
        await cancel(bench, engine)

        assert await ended(engine) is RunStatus.COMPLETED
