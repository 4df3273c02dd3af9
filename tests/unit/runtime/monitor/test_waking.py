from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from runtime.events.event import EventPosition
from runtime.monitor.hub import Hub
from runtime.monitor.waking import LONGEST_REST, PART, REST, Waking
from tests.unit.runtime.monitor.clock import Hands
from tests.unit.runtime.pond import STREAM, angler, caught, seen, stored

COST = 0.001
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

    def __post_init__(self) -> None:
        self.hub = Hub(STREAM, EventPosition(1700, 0), clock=self.hands.clock)
        self.waking = Waking(self.hub, used=lambda: self.used, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        if seconds == 0:
            self.told.append(self.calls)
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
    for _ in range(2 * PART + 10):
        crowd.waits("*")
    await crowd.happen()
    assert sorted(set(crowd.told)) == [PART, 2 * PART, 2 * PART + 10]


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
    for _ in range(2 * PART):
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
    await crowd.told_of_something(3 * PART, after=1)
    assert crowd.rests[0] == pytest.approx(need * REST * COST * PART)


async def test_what_comes_up_in_the_middle_of_a_round_makes_it_rest_from_then_on() -> None:
    crowd = Crowd(asked=0.005)
    await crowd.told_of_something(3 * PART, after=1)
    assert crowd.told[:3] == [PART, PART, 2 * PART]
    assert crowd.rests[0] > COST * PART


async def test_no_event_waits_for_longer_than_the_rests_of_a_round_may_take() -> None:
    crowd = Crowd(busy=1.0)
    await crowd.told_of_something(20 * PART, after=0.05)
    assert sum(crowd.rests) == pytest.approx(LONGEST_REST)
    assert crowd.calls == 20 * PART


async def test_a_few_never_have_to_wait() -> None:
    crowd = Crowd(busy=1.0)
    for _ in range(PART):
        crowd.waits("*")
    crowd.pass_time(0.05)
    await crowd.happen()
    assert crowd.calls == PART
    assert crowd.rests == []


async def test_what_happens_in_a_rest_goes_out_together_in_the_next_round() -> None:
    crowd = Crowd()
    crowd.waits("*")
    for position in range(1, 6):
        crowd.hub.deliver(stored(seen(), position))
    await crowd.waking.round()
    assert crowd.calls == 1


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
