from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from runtime.events.event import EventPosition
from runtime.monitor.delivery import AT_ONCE_BYTES
from runtime.monitor.hub import SHARED, Hub
from runtime.monitor.waking import FEW, FULL, LONGEST_REST, PART, REST, Waking
from tests.unit.runtime.clock import Hands
from tests.unit.runtime.pond import STREAM, angler, caught, seen, stored

TOGETHER = 10
"""How many are told in a part."""
COST = PART / TOGETHER * 1.001
"""Seconds that it takes to tell one connection, and to send."""


@dataclass
class Crowd:
    """Watchers who wait, a clock, and a process that is as busy as it is said to be."""

    hands: Hands = field(default_factory=Hands)
    busy: float = 0.0
    asked: float = 0.0
    """Seconds that others use whenever they have their turn."""
    used: float = 0.0
    told: list[int] = field(default_factory=list)
    """How many had been told, each time that others had their turn."""
    rests: list[float] = field(default_factory=list)
    calls: int = 0
    on_rest: Callable[[float], None] = lambda _seconds: None

    def __post_init__(self) -> None:
        self.hub = Hub(STREAM, EventPosition(1700, 0), clock=self.hands.clock)
        self.waking = Waking(self.hub, used=lambda: self.used, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.on_rest(seconds)
        self.told.append(self.calls)
        if seconds == 0:
            self.use(self.asked)
        else:
            self.rests.append(seconds)
        self.pass_time(seconds)

    def use(self, seconds: float) -> None:
        self.hands.move(seconds)
        self.used += seconds

    def pass_time(self, seconds: float) -> None:
        self.hands.move(seconds)
        self.used += seconds * self.busy

    def waits(self, *attributes: str) -> Callable[[], None]:
        """Let one more watcher wait."""
        watcher = self.hub.join(angler(*attributes))
        while watcher.take():
            pass

        def wait() -> None:
            assert watcher.on_due(called)

        def called() -> None:
            self.calls += 1
            self.use(COST)
            while watcher.take():
                pass
            wait()

        wait()
        return called

    async def told_of_something(self, number: int, *, after: float) -> None:
        """Let so many wait for so many seconds, and then tell them of an event."""
        for _ in range(number):
            self.waits("*")
        self.pass_time(after)
        await self.happen()

    async def happen(self) -> None:
        self.hub.deliver(stored(seen(), self.hub.position + 1))
        await self.waking.round()


async def test_a_crowd_is_told_in_parts_between_which_others_have_their_turn() -> None:
    crowd = Crowd()
    for _ in range(25):
        crowd.waits("*")
    await crowd.happen()
    assert sorted(set(crowd.told)) == [10, 20, 25]


async def test_who_does_not_see_an_event_is_not_told() -> None:
    crowd = Crowd()
    crowd.waits("pond:fish:catch")
    await crowd.happen()
    assert crowd.calls == 0
    crowd.hub.deliver(stored(caught(), 2))
    await crowd.waking.round()
    assert crowd.calls == 1


@pytest.mark.parametrize("change", [0, 0.005])
async def test_a_crowd_does_not_rest_in_a_process_that_does_nothing_but_the_change(
    change: float,
) -> None:
    crowd = Crowd()
    for _ in range(2 * FEW):
        crowd.waits("*")
    for _ in range(3):
        crowd.pass_time(0.045)
        crowd.use(change)
        await crowd.happen()
    assert sum(crowd.rests) == 0


@pytest.mark.parametrize(("busy", "need"), [(0.3, 0.2), (0.375, 0.5), (0.5, 1), (1.0, 1)])
async def test_a_crowd_rests_the_longer_the_more_else_there_is_to_do(
    busy: float, need: float
) -> None:
    crowd = Crowd(busy=busy)
    await crowd.told_of_something(2 * FEW, after=1)
    assert crowd.rests[0] == pytest.approx(need * REST * COST * TOGETHER, rel=0.01)


async def test_what_comes_up_in_the_middle_of_a_round_makes_it_rest_from_then_on() -> None:
    crowd = Crowd(asked=0.005)
    await crowd.told_of_something(2 * FEW, after=1)
    assert crowd.told[:2] == [TOGETHER, 2 * TOGETHER]
    assert crowd.rests[0] > COST * TOGETHER


@pytest.mark.parametrize(("pause", "change"), [(0.045, 0.005), (0.001, 0.003)])
async def test_the_end_of_a_change_is_not_taken_for_somebody_else(
    pause: float, change: float
) -> None:
    crowd = Crowd()
    for _ in range(2 * FEW):
        crowd.waits("*")
    crowd.pass_time(pause)
    crowd.use(change)
    crowd.on_rest = lambda _seconds: crowd.use(0.0005) if crowd.calls == TOGETHER else None
    await crowd.happen()
    assert crowd.rests == []


async def test_no_event_waits_for_longer_than_the_rests_of_a_round_may_take() -> None:
    crowd = Crowd(busy=1.0)
    await crowd.told_of_something(5000, after=0.05)
    assert sum(crowd.rests) == pytest.approx(LONGEST_REST)
    assert max(crowd.rests) == pytest.approx(min(crowd.rests))
    assert crowd.calls == 5000


async def test_a_round_rests_no_longer_than_until_each_is_sent_as_much_as_is_given_at_once() -> (
    None
):
    crowd = Crowd(busy=1.0)
    for _ in range(5000):
        crowd.waits("*")
    crowd.pass_time(2.0)
    crowd.hub.counters.sent_bytes += 5000 * 2 * AT_ONCE_BYTES
    await crowd.happen()
    assert sum(crowd.rests) == pytest.approx(2.0 * FULL / 2)


async def test_a_few_never_have_to_wait() -> None:
    crowd = Crowd(busy=1.0)
    for _ in range(FEW):
        crowd.waits("*")
    crowd.pass_time(0.05)
    await crowd.happen()
    assert crowd.calls == FEW
    assert crowd.rests == []


async def test_what_happens_in_a_rest_goes_out_together_in_the_next_round() -> None:
    crowd = Crowd()
    crowd.waits("*")
    for position in range(1, 6):
        crowd.hub.deliver(stored(seen(), position))
    await crowd.waking.round()
    assert crowd.calls == 1


async def test_what_happens_while_a_crowd_is_told_is_seen_after_a_while_or_in_the_next_round() -> (
    None
):
    crowd = Crowd(busy=1.0)
    for _ in range(1000):
        crowd.waits("*")
    crowd.pass_time(0.05)
    horizons: list[tuple[float, int]] = []
    began = crowd.hands.clock.monotonic()

    def look(_seconds: float) -> None:
        horizons.append((crowd.hands.clock.monotonic() - began, crowd.hub.horizon))
        if len(horizons) == 1:
            crowd.hub.deliver(stored(seen(), 2))

    crowd.on_rest = look
    await crowd.happen()
    assert {horizon for after, horizon in horizons if after < SHARED} == {1}
    assert horizons[-1][1] == 2
    await crowd.waking.round()
    assert {each.served for group in crowd.hub._groups.values() for each in group.members} == {2}

    crowd.hub.deliver(stored(seen(), 3))
    assert crowd.hub.horizon == 3


async def test_what_happens_at_the_end_of_a_round_begins_another() -> None:
    crowd = Crowd()
    crowd.waits("*")
    crowd.hub.deliver(stored(seen(), 1))
    crowd.hub.deliver(stored(seen(), 2))
    assert crowd.hub.horizon == 1
    crowd.on_rest = lambda _seconds: crowd.hub.deliver(stored(seen(), crowd.hub.position + 1))
    await crowd.waking.round()
    assert (crowd.calls, len(crowd.hub.due), crowd.hub.horizon) == (1, 1, 3)


async def test_who_left_in_between_is_not_told() -> None:
    crowd = Crowd()
    watcher = crowd.hub.join(angler("*"))
    while watcher.take():
        pass
    calls: list[str] = []
    assert watcher.on_due(lambda: calls.append("due"))
    crowd.hub.deliver(stored(seen(), 1))
    watcher.leave()
    await crowd.waking.round()
    assert calls == []
