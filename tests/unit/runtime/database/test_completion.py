from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from runtime.database.completion import to_the_end
from tests.unit.runtime.waiting import until


class Work:
    """Something that takes a while, and must not be cut in two."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = self.done = False
        self.go = asyncio.Event()
        self._error = error

    async def run(self) -> str:
        self.begun = True
        await self.go.wait()
        self.done = True
        if self._error is not None:
            raise self._error
        return "done"


async def test_the_caller_gets_the_result() -> None:
    work = Work()
    work.go.set()
    assert await to_the_end(work.run()) == "done"


async def test_the_caller_gets_the_error() -> None:
    work = Work(LookupError("no"))
    work.go.set()
    with pytest.raises(LookupError, match="no"):
        await to_the_end(work.run())


async def test_a_cancelled_caller_waits_for_the_work_and_is_cancelled_then() -> None:
    work = Work()
    caller = asyncio.create_task(to_the_end(work.run()))
    await until(lambda: work.begun)
    caller.cancel()
    await asyncio.sleep(0.02)
    assert not caller.done()
    work.go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.done


async def test_a_caller_cancelled_twice_leaves_and_the_work_goes_on() -> None:
    work = Work()
    caller = asyncio.create_task(to_the_end(work.run()))
    await until(lambda: work.begun)
    for _ in range(2):
        caller.cancel()
        await asyncio.sleep(0.02)
    assert caller.cancelled()
    work.go.set()
    await until(lambda: work.done)


async def test_a_failure_that_no_caller_is_left_to_hear_of_is_logged() -> None:
    work = Work(LookupError("no"))
    caller = asyncio.create_task(to_the_end(work.run()))
    await until(lambda: work.begun)
    caller.cancel()
    with capture_logs() as logs:
        work.go.set()
        await asyncio.gather(caller, return_exceptions=True)
    assert [entry["event"] for entry in logs] == ["completion.failed"]
