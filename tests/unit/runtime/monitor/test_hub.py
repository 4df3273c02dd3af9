from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from runtime.events.event import EventPosition
from runtime.monitor.batch import Batch
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Frame
from runtime.monitor.hub import MADE, Hub
from runtime.monitor.sight import Selection, Sight
from runtime.monitor.watcher import BATCH_BYTES, Watcher
from tests.unit.runtime.clock import NOON, Hands
from tests.unit.runtime.pond import (
    STREAM,
    DrainedEvent,
    PondEvent,
    angler,
    caught,
    seen,
    stored,
)


class Pond:
    """A hub, a clock, and events to come."""

    def __init__(self, position: int = 0, ring_bytes: int = 1_000_000) -> None:
        self.hands = Hands()
        self.hub = Hub(
            STREAM, EventPosition(1700, position), clock=self.hands.clock, ring_bytes=ring_bytes
        )

    def happen(self, *events: PondEvent) -> None:
        for event in events:
            self.hub.deliver(stored(event, self.hub.position + 1))


def tags(frames: Sequence[Frame]) -> list[str]:
    return [frame.tag for frame in frames]


def everything(watcher: Watcher) -> list[Frame]:
    taken: list[Frame] = []
    while frames := watcher.take():
        taken += frames
    return taken


# ---------------------------------------------------------------- joining


def test_hello_is_due_at_once_and_carries_the_position_of_joining() -> None:
    pond = Pond(position=41)
    pond.happen(seen())
    watcher = pond.hub.join(angler())
    pond.happen(seen(), seen())
    [hello] = watcher.take()
    assert hello.text == (
        '{"value":{"type":"pond_ping_event","value":{"message":"Hello"}},"id":"1700-42"}\n'
    )


def test_a_watcher_sees_what_happens_after_it_joined_and_nothing_before() -> None:
    pond = Pond()
    pond.happen(seen("before"))
    watcher = pond.hub.join(angler("*"))
    pond.happen(seen("after"), caught("after"))
    assert [str(frame.id) for frame in everything(watcher)] == ["1700-1", "1700-2", "1700-3"]


def test_who_left_is_served_no_more_and_its_group_is_gone() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("*"))
    pond.happen(seen())
    watcher.leave()
    watcher.leave()
    assert not watcher.take()
    assert pond.hub.counters.watching == 0
    assert pond.hub._groups == {}


# ---------------------------------------------------------------- sight


def test_a_watcher_sees_only_what_its_attributes_open() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("pond:fish:see"))
    pond.happen(seen(), caught(), DrainedEvent(), seen())
    assert tags(everything(watcher)) == ["pond_ping_event", "fish_seen_event", "fish_seen_event"]


def test_an_event_outside_everybodys_sight_never_becomes_bytes() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("pond:fish:see"))
    pond.happen(caught(), seen())
    everything(watcher)
    assert pond.hub.ring[1]._text is None


def test_watchers_of_equal_sight_share_one_group_and_one_frame() -> None:
    pond = Pond()
    first = pond.hub.join(angler("pond:fish:see", "pond:fish:catch"))
    second = pond.hub.join(angler("pond:fish:*"))
    pond.happen(seen())
    assert len(pond.hub._groups) == 1
    assert everything(first)[1] is everything(second)[1]


def test_a_selection_is_honoured() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("*"), Selection(subject="pike"))
    pond.happen(seen("perch"), seen("pike"), caught("pike"), DrainedEvent())
    assert tags(everything(watcher)) == ["pond_ping_event", "fish_seen_event", "fish_caught_event"]


# ---------------------------------------------------------------- ids


def test_a_heartbeat_carries_the_position_up_to_which_all_was_sent_or_filtered_out() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("pond:fish:see"))
    everything(watcher)
    pond.happen(seen(), caught(), caught())
    everything(watcher)
    pond.hands.move(10)
    [ping] = watcher.take()
    assert (ping.payload, str(ping.id)) == (b'{"message":"Ping"}', "1700-3")


def test_a_heartbeat_comes_behind_the_events_that_were_due_before_it() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("*"))
    everything(watcher)
    pond.happen(seen())
    pond.hands.move(10)
    assert tags(watcher.take()) == ["fish_seen_event", "pond_ping_event"]


# ---------------------------------------------------------------- time


def test_heartbeats_keep_their_beat_whatever_else_is_sent() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("*"))
    everything(watcher)
    pings = []
    for second in range(1, 41):
        pond.hands.move(1)
        pond.happen(seen())
        if "pond_ping_event" in tags(watcher.take()):
            pings.append(second)
    assert pings == [10, 20, 30, 40]


def test_heartbeats_that_were_slept_through_do_not_pile_up() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler())
    everything(watcher)
    pond.hands.move(34)
    assert tags(everything(watcher)) == ["pond_ping_event"]
    assert watcher.delay() == 6


def test_the_delay_is_the_time_to_the_next_heartbeat_or_to_the_end_of_the_right() -> None:
    pond = Pond()
    lasting = pond.hub.join(angler())
    ending = pond.hub.join(angler(expires_at=NOON + timedelta(seconds=4)))
    assert lasting.delay() == 0
    everything(lasting)
    everything(ending)
    pond.hands.move(1)
    assert lasting.delay() == 9
    assert ending.delay() == 3


def test_a_watcher_ends_when_its_right_ends_and_nothing_comes_after() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("*", expires_at=NOON + timedelta(seconds=4)))
    everything(watcher)
    pond.hands.move(3.9)
    pond.happen(seen())
    assert tags(watcher.take()) == ["fish_seen_event"]
    pond.happen(seen())
    pond.hands.move(0.1)
    assert not watcher.take()
    assert watcher.ended is Ending.EXPIRED
    assert (watcher.ended.code, watcher.ended.reason) == (4001, "authenticate again")


def test_the_end_of_a_right_is_told_by_the_time_of_day_even_if_it_is_set() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler(expires_at=NOON + timedelta(hours=1)))
    everything(watcher)
    pond.hands.time += timedelta(hours=2)
    assert watcher.delay() == 0
    assert not watcher.take()
    assert watcher.ended is Ending.EXPIRED


# ---------------------------------------------------------------- ends


def test_a_hub_that_closes_gives_what_is_due_and_then_an_end() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("*"))
    pond.happen(seen(), seen())
    pond.hub.close()
    assert len(everything(watcher)) == 3
    assert watcher.ended is Ending.SHUTDOWN
    assert watcher.ended.code == 1012


def test_a_watcher_that_is_closed_gets_what_was_due_then_though_the_feed_goes_on() -> None:
    pond = Pond(ring_bytes=10_000_000)
    watcher, other = pond.hub.join(angler("*")), pond.hub.join(angler("*"))
    pond.happen(*(seen("x" * 40_000) for _ in range(4)))
    watcher.take()
    watcher.close()
    taken: list[Frame] = []
    while frames := watcher.take():
        taken += frames
        pond.happen(seen("x" * 40_000))
    assert [frame.id.position for frame in taken][:4] == [1, 2, 3, 4]
    assert watcher.ended is Ending.SHUTDOWN
    everything(other)
    assert other.ended is None


def test_a_watcher_that_is_closed_does_not_wait_for_the_table() -> None:
    pond = Pond(ring_bytes=20_000)
    watcher = pond.hub.join(angler("*"))
    everything(watcher)
    pond.happen(*(seen() for _ in range(100)))
    assert not watcher.take()
    watcher.close()
    assert not watcher.take()
    assert watcher.ended is Ending.SHUTDOWN


def test_a_watcher_that_waits_is_called_when_it_is_closed() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler())
    everything(watcher)
    calls: list[str] = []
    watcher.on_due(lambda: calls.append("due"))
    watcher.close()
    assert calls == ["due"]
    assert not watcher.on_due(lambda: calls.append("again"))


def test_who_joins_a_hub_that_is_closed_is_greeted_and_told_to_come_back() -> None:
    pond = Pond()
    pond.hub.close()
    watcher = pond.hub.join(angler("*"))
    assert tags(everything(watcher)) == ["pond_ping_event"]
    assert watcher.ended is Ending.SHUTDOWN


def test_a_watcher_that_the_ring_overtakes_asks_for_the_table_and_harms_nobody() -> None:
    pond = Pond(ring_bytes=20_000)
    slow = pond.hub.join(angler("*"))
    quick = pond.hub.join(angler("*"))
    everything(slow)
    everything(quick)
    for _ in range(100):
        pond.happen(seen())
        assert tags(quick.take()) == ["fish_seen_event"]
    assert not slow.take()
    assert slow.ended is None
    assert list(pond.hub.lagging) == [slow]
    assert slow.on_due(lambda: None)


def test_events_outside_its_sight_never_make_a_watcher_slow() -> None:
    pond = Pond(ring_bytes=20_000)
    watcher = pond.hub.join(angler("pond:drain"))
    everything(watcher)
    pond.happen(*(seen() for _ in range(1000)))
    pond.happen(DrainedEvent())
    [frame] = watcher.take()
    assert str(frame.id) == "1700-1001"


def test_a_watcher_is_never_skipped_even_after_its_group_forgot() -> None:
    pond = Pond(ring_bytes=20_000)
    watcher = pond.hub.join(angler("*"))
    everything(watcher)
    pond.happen(*(seen() for _ in range(5000)))
    assert len(pond.hub._groups[Sight.of(angler("*").attributes, STREAM)]._positions) < 1000
    assert not watcher.take()
    assert list(pond.hub.lagging) == [watcher]


# ---------------------------------------------------------------- batches and waking


def test_what_is_taken_at_once_is_bounded() -> None:
    pond = Pond(ring_bytes=10_000_000)
    watcher = pond.hub.join(angler("*"))
    watcher.take()
    pond.happen(*(seen("x" * 10_000) for _ in range(100)))
    batches = []
    while frames := watcher.take():
        batches.append(sum(len(frame.payload) for frame in frames))
    assert sum(batches) > 1_000_000
    assert max(batches) < BATCH_BYTES + 25_000


def test_what_a_crowd_gets_is_put_together_once_for_those_who_have_had_the_same() -> None:
    pond = Pond()
    pond.hub.on_due = lambda: None
    taken: list[Batch] = []

    def wait(watcher: Watcher) -> None:
        taken.append(watcher.take())
        assert watcher.on_due(lambda: wait(watcher))

    for _ in range(3):
        wait(pond.hub.join(angler("*")))
    taken.clear()
    pond.happen(seen("perch"))
    pond.hub.tell(1)
    pond.happen(seen("roach"))
    pond.hub.tell(1)
    pond.hub.advance()
    pond.hub.tell(3)

    positions = [[frame.id.position for frame in batch] for batch in taken]
    assert positions == [[1], [1], [1, 2], [2], [2]]
    assert taken[0] is taken[1]
    assert taken[3] is taken[4]


def test_what_was_put_together_is_not_kept_for_ever() -> None:
    pond = Pond()
    watchers = [pond.hub.join(angler("*")) for _ in range(2 * MADE)]
    for watcher in watchers:
        everything(watcher)
        pond.happen(seen())
    for watcher in watchers:
        everything(watcher)
        assert len(pond.hub._made) <= MADE
    pond.happen(seen())
    assert not pond.hub._made


def test_who_comes_back_to_behind_the_horizon_is_told_once_it_is_seen() -> None:
    pond = Pond()
    pond.hub.on_due = lambda: None
    first = pond.hub.join(angler("*"))
    everything(first)
    assert first.on_due(lambda: None)
    pond.happen(seen("perch"), seen("perch"), seen("perch"))
    assert (pond.hub.horizon, pond.hub.position) == (1, 3)
    watcher = pond.hub.join(angler("*"), Selection(subject="perch", after="1700-2"))
    assert tags(watcher.take()) == ["pond_ping_event"]
    calls: list[str] = []
    assert watcher.on_due(lambda: calls.append("due"))
    pond.hub.advance()
    pond.hub.tell(2)
    assert calls == ["due"]
    assert [frame.id.position for frame in everything(watcher)] == [3]


def test_who_is_told_to_come_back_has_had_all_that_was_delivered() -> None:
    pond = Pond()
    pond.hub.on_due = lambda: None
    watcher = pond.hub.join(angler("*"))
    everything(watcher)
    assert watcher.on_due(lambda: None)
    pond.happen(seen("perch"), seen("roach"))
    assert pond.hub.horizon == 1
    watcher.close()
    assert [frame.id.position for frame in everything(watcher)] == [1, 2]
    assert watcher.ended is Ending.SHUTDOWN


def test_a_waiting_watcher_is_called_once_for_what_it_sees_and_not_for_the_rest() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler("pond:fish:see"))
    everything(watcher)
    calls: list[str] = []
    assert watcher.on_due(lambda: calls.append("due"))
    pond.happen(caught())
    assert calls == []
    pond.happen(seen(), seen(), seen())
    assert calls == ["due"]
    assert not watcher.on_due(lambda: calls.append("again"))


def test_a_waiting_watcher_is_called_when_the_hub_closes() -> None:
    pond = Pond()
    watcher = pond.hub.join(angler())
    everything(watcher)
    calls: list[str] = []
    watcher.on_due(lambda: calls.append("due"))
    pond.hub.close()
    assert calls == ["due"]
