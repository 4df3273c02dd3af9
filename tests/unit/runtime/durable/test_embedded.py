from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from runtime.auth.claims import Caller
from runtime.durable import tables
from runtime.durable.engine import (
    AlreadyRunning,
    Ending,
    Failure,
    Retry,
    Run,
    RunStatus,
)
from runtime.events.transaction import Transaction, Transactions
from tests.unit.runtime.durable.conftest import (
    Bench,
    Noted,
    completed,
    count,
    ended,
    failed,
    left,
    note,
    workflow,
)

pytestmark = pytest.mark.engines


AT_ONCE = Retry(attempts=3, seconds=0.0)


class Faltering(Transactions[Noted]):
    """A database that goes away at the second and third transaction, before or after the commit."""

    def __init__(self, real: Transactions[Noted], *, after_commit: bool) -> None:
        self._real = real
        self._after_commit = after_commit
        self._begun = 0

    @asynccontextmanager
    async def begin(self, caller: Caller) -> AsyncIterator[Transaction[Noted]]:
        self._begun += 1
        falters = self._begun in (2, 3)
        if falters and not self._after_commit:
            raise OperationalError("BEGIN", {}, Exception("away"))
        async with self._real.begin(caller) as transaction:
            yield transaction
        if falters:
            raise OperationalError("COMMIT", {}, Exception("away"))


class Killed(BaseException):
    """The process died here."""


async def bake(run: Run[Noted]) -> Ending[Noted]:
    await run.change("opened", note("opened"))
    return completed(note("done"))


async def test_a_run_begins_after_the_commit_and_ends_with_its_last_change(bench: Bench) -> None:
    async with bench.running(workflow(bake)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.COMPLETED
        assert await bench.notes() == ["opened", "done"]


async def test_a_run_goes_with_a_rollback(bench: Bench) -> None:
    async with bench.running(workflow(bake)) as engine:

        async def start_and_fail() -> None:
            async with bench.transactions.begin(Caller.background("customer")) as transaction:
                await engine.start(transaction, "bake", "loaf", {})
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await start_and_fail()

        assert await engine.status("loaf") is RunStatus.NONE
        assert await count(bench, tables.workflow_run) == 0


async def test_a_second_run_waits_until_the_first_has_ended(bench: Bench) -> None:
    go = asyncio.Event()

    async def wait(run: Run[Noted]) -> Ending[Noted]:
        await go.wait()
        return completed()

    async with bench.running(workflow(wait)) as engine:
        await bench.start(engine)
        with pytest.raises(AlreadyRunning, match="loaf"):
            await bench.start(engine)
        go.set()
        await ended(engine)
        await bench.start(engine)

        assert await ended(engine) is RunStatus.COMPLETED
        assert await count(bench, tables.workflow_run) == 2


async def test_an_unknown_workflow_is_refused_before_anything_is_recorded(bench: Bench) -> None:
    with pytest.raises(LookupError, match="'fry'"):
        await bench.start(bench.engine(workflow(bake)), workflow="fry")


async def test_the_status_is_that_of_the_latest_run(bench: Bench) -> None:
    endings = iter([failed(), completed()])

    async def end(run: Run[Noted]) -> Ending[Noted]:
        return next(endings)

    async with bench.running(workflow(end)) as engine:
        await bench.start(engine)
        assert await ended(engine) is RunStatus.FAILED
        await bench.start(engine)
        assert await ended(engine) is RunStatus.COMPLETED


async def test_a_step_is_tried_again_and_its_result_is_recorded(bench: Bench) -> None:
    tries = 0

    async def heat() -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("cold oven")
        return 220

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        degrees = await run.step("heat", heat, AT_ONCE)
        assert await run.step("heat", heat, AT_ONCE) == degrees
        return completed(
            note(f"{degrees} degrees, {run.input['flour']} g, {run.identifier}, {tries} tries")
        )

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)
        await ended(engine)

        assert await bench.notes() == ["220 degrees, 500 g, loaf, 2 tries"]


async def test_a_step_that_keeps_failing_fails_the_run_with_its_reason(bench: Bench) -> None:
    tries = 0

    async def heat() -> None:
        nonlocal tries
        tries += 1
        raise ValueError("cold oven")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("heat", heat, AT_ONCE)
        return completed()

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.FAILED
        assert await bench.notes() == ["gave up: cold oven"]
        assert tries == 3


async def test_a_hopeless_error_is_not_tried_again(bench: Bench) -> None:
    tries = 0

    async def heat() -> None:
        nonlocal tries
        tries += 1
        raise ValueError("no oven")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.step("heat", heat, Retry(attempts=3, seconds=0.0, unless=(ValueError,)))
        return completed()

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.FAILED
        assert tries == 1


async def test_a_change_that_raises_changes_nothing_and_the_run_is_undone(bench: Bench) -> None:
    async def spoil(transaction: Transaction[Noted]) -> None:
        transaction.publish(Noted(text="spoilt"))
        raise ValueError("burnt")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.change("spoil", spoil)
        return completed()

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.FAILED
        assert await bench.notes() == ["gave up: internal error"]


async def test_an_interrupted_run_goes_on_where_its_record_ends(bench: Bench) -> None:
    begun = asyncio.Event()
    lives = 0

    async def rise() -> str:
        nonlocal lives
        lives += 1
        if lives == 1:
            begun.set()
            await asyncio.sleep(3600)
        return f"risen in life {lives}"

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.change("opened", note("opened"))
        return completed(note(await run.step("rise", rise)))

    first = bench.engine(workflow(perform))
    await first.open()
    await bench.start(first)
    await begun.wait()
    await first.close(within_seconds=0.01)
    assert await first.status("loaf") is RunStatus.RUNNING
    second = bench.engine(workflow(perform))
    await second.open()

    assert await ended(second) is RunStatus.COMPLETED
    assert await bench.notes() == ["opened", "risen in life 2"]


async def test_a_run_that_was_never_begun_is_begun_by_the_next_engine(bench: Bench) -> None:
    await bench.start(bench.engine(workflow(bake)))
    async with bench.running(workflow(bake)) as second:
        assert await ended(second) is RunStatus.COMPLETED
        assert await bench.notes() == ["opened", "done"]


@pytest.mark.parametrize("fails", ["step", "code"])
async def test_why_a_run_is_undone_outlives_the_process(bench: Bench, fails: str) -> None:
    async def heat() -> None:
        raise ValueError("cold oven")

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        if fails == "code":
            raise ValueError("a secret")
        await run.step("heat", heat)
        return completed()

    async def die(run: Run[Noted], failure: Failure) -> Ending[Noted]:
        raise Killed

    async def never(run: Run[Noted]) -> Ending[Noted]:
        raise AssertionError("it is being undone")

    first = bench.engine(workflow(perform, die))
    await first.open()
    await bench.start(first)
    await left(first)
    await first.close()
    async with bench.running(workflow(never)) as second:
        assert await ended(second) is RunStatus.FAILED
        assert await bench.notes() == [
            "gave up: cold oven" if fails == "step" else "gave up: internal error"
        ]


async def test_identifiers_are_the_same_in_every_life_of_a_run(bench: Bench) -> None:
    seen: list[UUID] = []

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        seen.extend([run.uuid_for("a"), run.uuid_for("b")])
        if len(seen) == 2:
            raise Killed
        return completed()

    first = bench.engine(workflow(perform))
    await first.open()
    await bench.start(first)
    await left(first)
    await first.close()
    async with bench.running(workflow(perform)) as second:
        await ended(second)

    assert seen[:2] == seen[2:]
    assert seen[0] != seen[1]


async def test_only_so_many_runs_are_performed_at_a_time(bench: Bench) -> None:
    begun = asyncio.Semaphore(0)
    go = asyncio.Event()

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        begun.release()
        await go.wait()
        return completed()

    engine = bench.engine(workflow(perform), concurrent_runs=2)
    await engine.open()
    for number in range(7):
        await bench.start(engine, f"loaf {number}")
    await begun.acquire()
    await begun.acquire()
    await asyncio.sleep(0.05)
    assert begun.locked()
    go.set()

    for number in range(7):
        assert await ended(engine, f"loaf {number}") is RunStatus.COMPLETED


async def test_a_run_in_flight_may_end_within_the_drain_time(bench: Bench) -> None:
    begun = asyncio.Event()

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        begun.set()
        await asyncio.sleep(0.05)
        return completed()

    engine = bench.engine(workflow(perform))
    await engine.open()
    await bench.start(engine)
    await begun.wait()
    await engine.close(within_seconds=5)

    assert await engine.status("loaf") is RunStatus.COMPLETED


async def test_an_undo_that_breaks_is_tried_again(bench: Bench) -> None:
    tries = 0

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        raise ValueError("burnt")

    async def jammed_once(run: Run[Noted], failure: Failure) -> Ending[Noted]:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("jammed")
        return failed(note(f"undone at try {tries}"))

    async with bench.running(workflow(perform, jammed_once)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.FAILED
        assert await bench.notes() == ["undone at try 2"]


async def test_a_run_of_a_workflow_that_is_not_known_waits_for_an_engine_that_knows_it(
    bench: Bench,
) -> None:
    first = bench.engine(workflow(bake, name="fry"))
    await first.open()
    await bench.start(bench.engine(workflow(bake)))
    await left(first)
    await first.close()
    async with bench.running(workflow(bake)) as second:
        assert await ended(second) is RunStatus.COMPLETED


async def test_an_engine_hears_of_a_run_that_another_object_started(bench: Bench) -> None:
    engine = bench.engine(workflow(bake))
    engine._look_seconds = 0.01
    await engine.open()
    await bench.start(bench.engine(workflow(bake)))

    assert await ended(engine) is RunStatus.COMPLETED


@pytest.mark.parametrize("after_commit", [False, True], ids=["before commit", "after commit"])
async def test_while_the_database_is_away_a_run_waits_and_changes_nothing_twice(
    bench: Bench, *, after_commit: bool
) -> None:
    bench.transactions = Faltering(bench.transactions, after_commit=after_commit)

    async def rise() -> str:
        return "risen"

    async def perform(run: Run[Noted]) -> Ending[Noted]:
        await run.change("opened", note("opened"))
        return completed(note(await run.step("rise", rise)))

    async with bench.running(workflow(perform)) as engine:
        await bench.start(engine)

        assert await ended(engine) is RunStatus.COMPLETED
        assert await bench.notes() == ["opened", "risen"]
