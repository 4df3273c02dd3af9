"""Positions that cannot be honoured, and what their watchers are told."""

from __future__ import annotations

import pytest

from runtime.monitor.frames import Reset
from tests.unit.runtime.monitor.lagging_pond import Pond, positions, told
from tests.unit.runtime.pond import (
    seen,
)


async def test_a_position_that_the_table_no_longer_has_is_expired() -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    pond.table.prune(2)
    pond.restart()
    watcher = pond.come_back(1)
    pond.happen(seen())
    frames = await pond.everything(watcher)
    assert told(frames) == [("Hello", "1700-1"), ("expired", "1700-4")]
    pond.happen(seen())
    assert positions(await pond.everything(watcher)) == [5]


async def test_the_oldest_position_that_can_be_honoured_is_the_one_before_the_oldest_event() -> (
    None
):
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    pond.table.prune(2)
    pond.restart()
    assert positions(await pond.everything(pond.come_back(2))) == [2, 3]


async def test_who_is_just_in_time_is_served_beside_one_who_is_too_late() -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    pond.table.prune(2)
    pond.restart()
    late, in_time = pond.come_back(0), pond.come_back(2)
    for watcher in (late, in_time):
        watcher.take()
        assert not watcher.take()
    assert told(await pond.everything(late)) == [("expired", "1700-3")]
    assert positions(await pond.everything(in_time)) == [3]


async def test_an_empty_table_expires_every_position_but_the_newest() -> None:
    pond = Pond()
    pond.happen(seen(), seen())
    pond.table.prune(2)
    pond.restart()
    assert told(await pond.everything(pond.come_back(1))) == [
        ("Hello", "1700-1"),
        ("expired", "1700-2"),
    ]
    assert told(await pond.everything(pond.come_back(2))) == [("Hello", "1700-2")]


@pytest.mark.parametrize(
    ("after", "hello", "reason"),
    [
        ("1699-2", "1699-2", "other_epoch"),
        ("1701-0", "1701-0", "other_epoch"),
        ("1700-4", "1700-4", "future"),
        ("1700-999999999999999999", "1700-999999999999999999", "future"),
        ("", "0-0", "malformed"),
        ("x", "0-0", "malformed"),
        ("1700", "0-0", "malformed"),
        ("1700--1", "0-0", "malformed"),
        ("01700-1", "0-0", "malformed"),
        (" 1700-1", "0-0", "malformed"),
        ("1700-1\n", "0-0", "malformed"),
        ("1700-\u0663", "0-0", "malformed"),
        ("1700-" + "9" * 5000, "0-0", "malformed"),
    ],
)
async def test_a_position_that_cannot_be_honoured_is_told_with_the_reason(
    after: str, hello: str, reason: str
) -> None:
    pond = Pond()
    pond.happen(seen(), seen(), seen())
    watcher = pond.come_back(after)
    frames = await pond.everything(watcher)
    assert told(frames) == [("Hello", hello), (reason, "1700-3")]
    assert pond.hub.counters.resets == {Reset(reason): 1}
    pond.happen(seen())
    assert positions(await pond.everything(watcher)) == [4]


async def test_a_reset_cut_off_behind_hello_is_told_again() -> None:
    pond = Pond()
    [hello] = pond.come_back("x").take()
    frames = await pond.everything(pond.come_back(str(hello.id)))
    assert told(frames) == [("Hello", "0-0"), ("other_epoch", "1700-0")]
