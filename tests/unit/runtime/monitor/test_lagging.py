"""Who comes back, and the task that serves those who lag."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from runtime.monitor import lagging as lagging_module
from runtime.monitor.ending import Ending
from runtime.monitor.lagging import PAGE_EVENTS, Lagging
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import BATCH_BYTES
from tests.unit.runtime.monitor.lagging_pond import EPOCH, Pond, positions
from tests.unit.runtime.pond import (
    angler,
    caught,
    seen,
)
from tests.unit.runtime.waiting import until


async def test_who_comes_back_gets_what_was_missed_from_the_ring_and_then_what_happens() -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    watcher = pond.come_back(1)
    pond.happen(seen())
    assert positions(await pond.everything(watcher)) == [1, 2, 3, 4]
    assert pond.table.reads == 0


async def test_hello_repeats_the_position_asked_for() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    [hello] = pond.come_back(1).take()
    assert (hello.payload, str(hello.id)) == (b'{"message":"Hello"}', "1700-1")


async def test_what_the_ring_no_longer_has_comes_from_the_table_through_the_same_filter() -> None:
    pond = Pond()
    pond.happen(seen(), caught(), seen(), caught())
    pond.restart()
    watcher = pond.come_back(1, "pond:fish:see")
    pond.happen(caught(), seen())
    assert positions(await pond.everything(watcher)) == [1, 3, 6]
    assert pond.table.reads > 0


async def test_a_selection_holds_for_what_was_missed_too() -> None:
    pond = Pond()
    pond.happen(seen("pike"), seen("perch"), seen("pike"), caught("pike"))
    pond.restart()
    wanted = Selection(frozenset({"fish_seen_event"}), "pike", f"{EPOCH}-0")
    watcher = pond.hub.join(angler("*"), wanted)
    assert positions(await pond.everything(watcher)) == [0, 1, 3]


async def test_a_long_absence_is_read_in_pages() -> None:
    pond = Pond()
    pond.happen(*(seen() for _ in range(PAGE_EVENTS * 3 + 7)))
    pond.restart()
    watcher = pond.come_back(0)
    assert positions(await pond.everything(watcher)) == list(range(PAGE_EVENTS * 3 + 8))
    assert pond.table.reads == 4


async def test_a_page_is_bounded_in_bytes() -> None:
    pond = Pond()
    pond.happen(*(seen("x" * 10_000) for _ in range(50)))
    pond.restart()
    watcher = pond.come_back(0)
    assert len(watcher.take()) == 1
    assert not watcher.take()
    await pond.lagging._serve()
    assert sum(len(frame.payload) for frame in watcher.take()) < BATCH_BYTES + 25_000


async def test_those_who_are_at_the_same_place_share_the_reading_and_the_frames() -> None:
    pond = Pond()
    pond.happen(*(seen() for _ in range(100)))
    pond.restart()
    first, second, third = (pond.come_back(after) for after in (0, 0, 50))
    for watcher in (first, second, third):
        assert len(watcher.take()) == 1
        assert not watcher.take()
    await pond.lagging._serve()
    taken = [watcher.take() for watcher in (first, second, third)]
    assert [len(frames) for frames in taken] == [100, 100, 50]
    assert taken[0][99] is taken[2][49]
    assert pond.table.reads == 1


async def test_a_position_that_this_process_has_not_reached_yet_is_waited_for() -> None:
    pond = Pond()
    pond.commit(seen(), seen(), seen())
    watcher = pond.come_back(2)
    pond.deliver(1)
    assert positions(await pond.everything(watcher)) == [2]
    pond.deliver()
    assert positions(await pond.everything(watcher)) == [2 + 1]


async def test_heartbeats_go_on_while_the_table_cannot_be_read() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    watcher = pond.come_back(1)
    watcher.take()
    assert not watcher.take()
    pond.hands.move(10)
    [ping] = watcher.take()
    assert (ping.payload, ping.id.position) == (b'{"message":"Ping"}', 1)


async def test_one_who_lags_is_told_to_come_back_when_the_hub_closes() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    watcher = pond.come_back(1)
    watcher.take()
    watcher.take()
    pond.hub.close()
    assert not watcher.take()
    assert watcher.ended is Ending.SHUTDOWN


async def test_who_leaves_is_no_longer_read_for() -> None:
    pond = Pond()
    pond.happen(seen())
    pond.restart()
    watcher = pond.come_back(0)
    watcher.take()
    watcher.take()
    watcher.leave()
    assert not pond.hub.lagging


@asynccontextmanager
async def running(lagging: Lagging) -> AsyncIterator[None]:
    task = asyncio.create_task(lagging.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_task_serves_whoever_asks_and_wakes_it() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    async with running(pond.lagging):
        watcher = pond.come_back(0)
        watcher.take()
        watcher.take()
        called = asyncio.Event()
        assert watcher.on_due(called.set)
        async with asyncio.timeout(2):
            await called.wait()
        assert positions(watcher.take()) == [1, 2]


async def test_a_table_that_cannot_be_read_is_said_once_and_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lagging_module, "RETRY_SECONDS", 0.01)
    pond = Pond()
    pond.happen(seen(), seen())
    pond.restart()
    pond.table.broken = True
    with capture_logs() as logs:
        async with running(pond.lagging):
            watcher = pond.come_back(0)
            watcher.take()
            watcher.take()
            await asyncio.sleep(0.1)
            pond.table.broken = False
            await until(lambda: not pond.hub.lagging)
            assert positions(watcher.take()) == [1, 2]
    assert [entry["event"] for entry in logs] == ["monitor.unreadable"]
