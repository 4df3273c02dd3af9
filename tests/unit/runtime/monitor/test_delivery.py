"""What is due is written at once where that needs no waiting, and never out of its order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runtime.events.event import EventPosition
from runtime.monitor.delivery import AT_ONCE_BYTES, Delivery, Limits
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Frame
from runtime.monitor.hub import Hub
from runtime.monitor.watcher import Watcher
from tests.unit.runtime.pond import STREAM, angler, seen, stored
from tests.unit.runtime.waiting import until


class Pipe:
    """An outlet that takes everything, or waits until it is told that there is room."""

    def __init__(self) -> None:
        self.free = True
        self.room = asyncio.Event()
        self.room.set()
        self.written: list[bytes] = []
        self.at_once = 0

    def write_now(self, data: bytes) -> None:
        self.at_once += 1
        self.written.append(data)

    async def write(self, data: bytes) -> None:
        await self.room.wait()
        self.written.append(data)


class Line(Delivery):
    """A connection whose wire shows the position of each frame."""

    def __init__(self, watcher: Watcher, pipe: Pipe | None) -> None:
        super().__init__(watcher, Limits())
        self.outlet = pipe
        self.pipe = pipe or Pipe()
        self.broken = False
        self.ending: Ending | None = None
        self.left = asyncio.Event()

    async def write(self, frames: Sequence[Frame]) -> int:
        data = self.wire(frames)
        await self.pipe.write(data)
        return len(data)

    def wire(self, frames: Sequence[Frame]) -> bytes:
        if self.broken:
            raise RuntimeError("this line is broken")
        return b"".join(b"%d " % frame.id.position for frame in frames)

    async def receive(self) -> bool:
        await self.left.wait()
        return False

    async def finish(self, ending: Ending) -> None:
        self.ending = ending

    @property
    def seen(self) -> list[int]:
        return [int(each) for each in b"".join(self.pipe.written).split()]


class Pond:
    """A hub, whose events are told as they happen."""

    def __init__(
        self, events_per_second: float | None = None, beat_seconds: float = STREAM.heartbeat.seconds
    ) -> None:
        stream = replace(STREAM, heartbeat=replace(STREAM.heartbeat, seconds=beat_seconds))
        self.hub = Hub(stream, EventPosition(1700, 0), events_per_second=events_per_second)

    def happen(self, count: int = 1) -> None:
        for _ in range(count):
            self.hub.deliver(stored(seen(), self.hub.position + 1))

    @asynccontextmanager
    async def line(self, may: str = "*", *, outlet: bool = True) -> AsyncIterator[Line]:
        """A connection that has been greeted and waits, until it leaves."""
        watcher = self.hub.join(angler(may))
        line = Line(watcher, Pipe() if outlet else None)
        serving = asyncio.create_task(line.serve())
        await until(lambda: line.seen == [0] and line._waits)
        yield line
        line.left.set()
        await asyncio.gather(serving, return_exceptions=True)
        watcher.leave()


async def test_an_event_is_written_before_anybody_else_has_a_turn() -> None:
    pond = Pond()
    async with pond.line() as line:
        pond.happen()
        pond.happen()
        assert line.seen == [0, 1, 2]
        assert line.pipe.at_once == 2


async def test_what_came_together_is_given_at_once_up_to_what_the_system_keeps() -> None:
    pond = Pond()
    pond.hub.on_due = lambda: None
    async with pond.line() as line:
        size = len(stored(seen("x" * 300), 1).payload)
        count = AT_ONCE_BYTES // size
        for _ in range(count + 10):
            pond.hub.deliver(stored(seen("x" * 300), pond.hub.position + 1))
        pond.hub.advance()
        pond.hub.tell(1)
        first, second = line.pipe.written[1:]
        assert [len(first.split()), len(second.split())] == [count + 1, 9]
        assert line.pipe.at_once == 2


async def test_without_an_outlet_it_is_written_in_its_turn() -> None:
    pond = Pond()
    async with pond.line(outlet=False) as line:
        pond.happen()
        assert line.seen == [0]
        await until(lambda: line.seen == [0, 1])


async def test_what_would_have_to_wait_is_left_to_who_can() -> None:
    pond = Pond()
    async with pond.line() as line:
        line.pipe.free = False
        pond.happen()
        assert line.seen == [0]
        await until(lambda: line.seen == [0, 1])
        assert line.pipe.at_once == 0


async def test_nothing_overtakes_what_waits_to_be_written() -> None:
    pond = Pond()
    async with pond.line() as line:
        line.pipe.free = False
        line.pipe.room.clear()
        pond.happen()
        await until(lambda: not line._waits)
        line.pipe.free = True
        pond.happen(3)
        assert line.seen == [0]
        line.pipe.room.set()
        await until(lambda: line.seen == [0, 1, 2, 3, 4])


async def test_what_a_limit_holds_back_comes_by_time() -> None:
    pond = Pond(events_per_second=20)
    async with pond.line() as line:
        pond.happen(20)
        assert line.pipe.at_once == 20
        pond.happen(5)
        assert line.seen == [*range(21)]
        await until(lambda: line.seen[-1] == 25)


async def test_a_heartbeat_is_written_without_waking_whoever_waits() -> None:
    pond = Pond(beat_seconds=0.1)
    async with pond.line() as line:
        await until(lambda: line.pipe.at_once == 3)
        assert line.seen == [0, 0, 0, 0]


async def test_a_heartbeat_goes_out_with_the_events_that_are_told_in_a_moment() -> None:
    pond = Pond(beat_seconds=0.1)
    async with pond.line() as line:
        pond.hub.on_due = lambda: None
        pond.happen()
        await asyncio.sleep(0.15)
        assert line.seen == [0]
        pond.hub.tell(1)
        assert line.seen == [0, 1, 1]
        await until(lambda: line.seen == [0, 1, 1, 1])


async def test_who_does_not_see_what_happens_has_its_heartbeats_all_the_same() -> None:
    pond = Pond(beat_seconds=0.1)
    async with pond.line("pond:fish:catch") as line:
        pond.happen()
        await until(lambda: line.seen == [0, 1, 1])


async def test_but_the_end_of_a_right_waits_for_nothing() -> None:
    pond = Pond()
    async with pond.line() as line:
        pond.hub.on_due = lambda: None
        line._watcher._expires_at = datetime.now(UTC) + timedelta(seconds=0.1)
        line._timer.start(line._watcher.delay, anew=True)
        pond.happen()
        await until(lambda: line.ending is Ending.EXPIRED)
        assert line.seen == [0]


async def test_a_heartbeat_that_would_have_to_wait_is_left_to_who_can() -> None:
    pond = Pond(beat_seconds=0.1)
    async with pond.line() as line:
        line.pipe.free = False
        await until(lambda: len(line.seen) == 3)
        assert line.pipe.at_once == 0


async def test_a_line_that_breaks_ends_alone() -> None:
    pond = Pond()
    async with pond.line() as first, pond.line() as second:
        first.broken = True
        pond.happen()
        assert (first.seen, second.seen) == ([0], [0, 1])
        await until(lambda: first._receiving is not None and first._receiving.done())
        pond.happen()
        assert second.seen == [0, 1, 2]


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        (lambda watcher: watcher.end(Ending.REVOKED), Ending.REVOKED),
        (lambda watcher: watcher.close(), Ending.SHUTDOWN),
    ],
)
async def test_an_end_comes_behind_what_was_due(
    end: Callable[[Watcher], object], ending: Ending
) -> None:
    pond = Pond()
    async with pond.line() as line:
        pond.happen()
        end(line._watcher)
        await until(lambda: line.ending is ending)
        assert line.seen == [0, 1]
