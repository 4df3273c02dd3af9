from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.events.event import EventPosition
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Frame
from runtime.monitor.hub import Hub
from runtime.monitor.lagging import Page
from runtime.monitor.pace import Pace, without_superseded
from runtime.monitor.watcher import Watcher
from tests.unit.runtime.clock import Hands
from tests.unit.runtime.pond import STREAM, DrainedEvent, PondEvent, angler, caught, seen, stored

COALESCED = frozenset({"fish_seen_event"})

happening = st.lists(
    st.builds(
        lambda tag, subject: (tag, subject),
        st.sampled_from(["fish_seen_event", "fish_caught_event"]),
        st.sampled_from(["perch", "pike", None]),
    ),
    max_size=30,
)


def frames(*said: tuple[str, str | None]) -> list[Frame]:
    return [
        Frame(tag, b"{}", EventPosition(1700, number), subject)
        for number, (tag, subject) in enumerate(said, 1)
    ]


def positions(taken: list[Frame]) -> list[int]:
    return [frame.id.position for frame in taken]


# ---------------------------------------------------------------- what may be left out


def test_of_several_updates_of_one_entity_in_a_row_the_last_is_left() -> None:
    said = frames(
        ("fish_seen_event", "perch"),
        ("fish_seen_event", "pike"),
        ("fish_seen_event", "perch"),
        ("fish_seen_event", "perch"),
    )
    assert positions(without_superseded(said, COALESCED)) == [2, 4]


def test_updates_on_either_side_of_something_else_about_the_entity_both_stay() -> None:
    said = frames(
        ("fish_seen_event", "perch"),
        ("fish_caught_event", "perch"),
        ("fish_seen_event", "perch"),
    )
    assert without_superseded(said, COALESCED) == said


@given(said=happening.map(lambda pairs: frames(*pairs)))
def test_every_entity_ends_as_it_is_and_nothing_that_happens_once_is_lost(
    said: list[Frame],
) -> None:
    kept = without_superseded(said, COALESCED)
    assert kept == [frame for frame in said if frame in kept]
    for frame in said:
        if frame.tag not in COALESCED or frame.subject is None:
            assert frame in kept

    def about(subject: str, those: list[Frame]) -> list[str]:
        """The kinds of what happened to one entity, with repetitions of an update as one."""
        tags = [frame.tag for frame in those if frame.subject == subject]
        return [
            tag
            for before, tag in zip([None, *tags], tags, strict=False)
            if tag not in COALESCED or tag != before
        ]

    for subject in ("perch", "pike"):
        assert about(subject, kept) == about(subject, said)
        last = [frame for frame in said if frame.subject == subject][-1:]
        assert [frame for frame in kept if frame.subject == subject][-1:] == last


def test_without_a_word_of_the_design_nothing_is_left_out() -> None:
    said = frames(*[("fish_seen_event", "perch")] * 5)
    assert without_superseded(said, frozenset()) == said


# ---------------------------------------------------------------- how fast


def test_a_pace_lets_a_seconds_worth_through_and_then_one_at_a_time() -> None:
    pace = Pace(4, now=0)
    assert pace.allowance(0) == 4
    pace.spend(4)
    assert pace.allowance(0) == 0
    assert pace.wait(0) == 0.25
    assert pace.allowance(0.25) == 1
    assert pace.wait(0.25) == 0
    assert pace.allowance(60) == 4


@pytest.mark.parametrize("per_second", [0.1, 3, 7, 1000])
def test_whoever_waits_as_long_as_told_may_send_one(per_second: float) -> None:
    pace, now = Pace(per_second, now=0.1), 0.1
    pace.spend(pace.allowance(now))
    for _ in range(50):
        now += pace.wait(now)
        assert pace.allowance(now) >= 1
        pace.spend(1)


# ---------------------------------------------------------------- a connection


class Pond:
    def __init__(self, per_second: float | None = 2, ring_bytes: int = 1_000_000) -> None:
        self.hands = Hands()
        self.hub = Hub(
            replace(STREAM, coalesce=COALESCED),
            EventPosition(1700, 0),
            clock=self.hands.clock,
            ring_bytes=ring_bytes,
            events_per_second=per_second,
        )

    def happen(self, *events: PondEvent) -> None:
        for event in events:
            self.hub.deliver(stored(event, self.hub.position + 1))

    def watch(self) -> Watcher:
        watcher = self.hub.join(angler("*"))
        watcher.take()
        return watcher


def held_back(watcher: Watcher) -> bool:
    return watcher.held_back


def everything(watcher: Watcher) -> list[int]:
    taken = []
    while got := watcher.take():
        taken += [frame.id.position for frame in got if frame.tag != "pond_ping_event"]
    return taken


def test_within_the_limit_every_event_is_sent() -> None:
    pond = Pond()
    watcher = pond.watch()
    sent = []
    for _ in range(10):
        pond.happen(seen(), seen())
        sent += everything(watcher)
        pond.hands.move(1)
    assert sent == list(range(1, 21))
    assert pond.hub.counters.coalesced == 0


def test_over_the_limit_a_newer_update_takes_the_place_of_those_before_it() -> None:
    pond = Pond()
    watcher = pond.watch()
    pond.happen(*[seen("perch")] * 10, caught("pike"), *[seen("perch")] * 10, DrainedEvent())
    assert everything(watcher) == [11, 21]
    assert watcher.served == 21
    assert held_back(watcher)
    assert watcher.delay() == 0.5
    pond.hands.move(0.5)
    assert everything(watcher) == [22]
    assert not held_back(watcher)
    assert pond.hub.counters.coalesced == 19


def test_what_may_not_be_left_out_is_sent_later() -> None:
    pond = Pond()
    watcher = pond.watch()
    pond.happen(*(caught(f"fish-{number}") for number in range(6)))
    sent = [everything(watcher)]
    for _ in range(4):
        pond.hands.move(0.5)
        sent.append(everything(watcher))
    assert sent == [[1, 2], [3], [4], [5], [6]]


def test_a_heartbeat_comes_in_time_and_says_how_far_the_connection_is() -> None:
    pond = Pond(per_second=0.05)
    watcher = pond.watch()
    pond.happen(caught("perch"), caught("pike"))
    assert everything(watcher) == [1]
    pond.hands.move(10)
    [ping] = watcher.take()
    assert (ping.tag, ping.id.position) == ("pond_ping_event", 1)


def test_one_that_is_held_back_is_not_called_for_each_event_and_one_that_has_all_is() -> None:
    pond = Pond()
    watcher = pond.watch()
    pond.happen(caught("a"), caught("b"))
    assert everything(watcher) == [1, 2]
    calls: list[str] = []
    assert watcher.on_due(lambda: calls.append("due"))
    pond.happen(caught("c"))
    assert calls == ["due"]
    assert not watcher.take()
    assert watcher.on_due(lambda: calls.append("again"))
    pond.happen(caught("d"))
    assert calls == ["due"]
    assert watcher.delay() == 0.5


def test_others_of_its_group_are_served_at_their_own_pace() -> None:
    pond = Pond()
    spent, fresh = pond.watch(), pond.watch()
    pond.happen(caught("a"), caught("b"))
    assert everything(spent) == [1, 2]
    pond.happen(caught("c"))
    assert everything(spent) == []
    pond.hands.move(0.5)
    assert everything(fresh) == [1, 2]
    assert everything(spent) == [3]


def test_what_comes_from_the_table_is_paced_too() -> None:
    pond = Pond()
    watcher = pond.watch()
    events: list[PondEvent] = [seen("perch")] * 8
    events += [caught("pike"), seen("perch"), caught("carp")]
    pages = [stored(event, number) for number, event in enumerate(events, 1)]
    pond.happen(*events)
    watcher.fill(Page(pond.hub.frames, 0, pages))
    assert everything(watcher) == [9, 10]
    assert held_back(watcher)
    pond.hands.move(0.5)
    assert everything(watcher) == [11]
    assert watcher.served == 11


def test_a_connection_that_is_closed_is_sent_all_that_is_due_at_once() -> None:
    pond = Pond()
    watcher = pond.watch()
    pond.happen(*[seen("perch")] * 10)
    watcher.close()
    assert everything(watcher) == list(range(1, 11))
    assert watcher.ended is Ending.SHUTDOWN
