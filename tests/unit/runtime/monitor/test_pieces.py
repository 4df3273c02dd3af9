"""What is cut once is the same for all who see the same, wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from runtime.events.event import EventPosition
from runtime.monitor.frames import Frame
from runtime.monitor.group import BATCH_EVENTS
from runtime.monitor.hub import Hub
from runtime.monitor.pieces import KEPT, KEPT_BYTES, MANY, PIECE_BYTES, PIECE_EVENTS
from runtime.monitor.watcher import BATCH_BYTES, Watcher
from tests.unit.runtime.pond import STREAM, angler, caught, seen, stored


class Pond:
    """A hub that shows its connections more when the test says so, since one of them is to be told."""

    def __init__(self, many: int = 1) -> None:
        self.hub = Hub(STREAM, EventPosition(1700, 0), many=many)
        self.hub.on_due = lambda: None
        assert self.watcher("pond:fish:see").on_due(lambda: None)
        self.advance()
        assert self.hub.due

    def happen(self, count: int = 1, size: int = 0) -> None:
        for _ in range(count):
            self.hub.deliver(stored(seen("x" * size), self.hub.position + 1))

    def advance(self, count: int = 1, size: int = 0) -> None:
        self.happen(count, size)
        self.hub.advance()

    def watcher(self, *may: str) -> Watcher:
        watcher = self.hub.join(angler(*may or ("*",)))
        [hello] = watcher.take()
        assert hello.tag == "pond_ping_event"
        return watcher


def positions(frames: Sequence[Frame]) -> list[int]:
    """Count from the first event after the pond was made."""
    return [frame.id.position - 1 for frame in frames]


def test_who_was_served_up_to_different_places_shares_what_follows_both() -> None:
    pond = Pond()
    early, late = pond.watcher(), pond.watcher()
    pond.advance(5)
    assert positions(late.take()) == [1, 2, 3, 4, 5]
    pond.advance(5)
    [first, second], [alone] = early.take()._pieces, late.take()._pieces
    assert (positions(first), positions(second)) == ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])
    assert second is alone


def test_a_piece_holds_what_its_group_sees() -> None:
    pond = Pond()
    sees, catches = pond.watcher("pond:fish:see"), pond.watcher("pond:fish:catch")
    pond.happen(2)
    pond.hub.deliver(stored(caught(), 4))
    pond.hub.advance()
    assert positions(sees.take()) == [1, 2]
    assert positions(catches.take()) == [3]
    assert (sees.served, catches.served) == (4, 4)


def test_what_nobody_of_a_group_sees_is_passed_over() -> None:
    pond = Pond()
    catches = pond.watcher("pond:fish:catch")
    pond.advance(5)
    assert not catches.take()
    assert catches.served == 6


def test_a_few_are_served_as_they_are() -> None:
    pond = Pond(MANY)
    watchers = [pond.watcher() for _ in range(MANY - 1)]
    pond.advance(5)
    assert not watchers[0].take()._pieces
    pond.watcher()
    assert watchers[1].take()._pieces == ()
    pond.advance(5)
    assert watchers[0].take()._pieces


def test_who_stands_between_two_cuts_is_served_as_it_is() -> None:
    pond = Pond()
    watcher = pond.watcher()
    pond.happen(3)
    late = pond.watcher()
    pond.advance(2)
    assert not late.take()._pieces
    assert watcher.take()._pieces
    pond.advance()
    assert late.take()._pieces


def test_it_is_cut_where_a_piece_has_become_large() -> None:
    pond = Pond()
    watcher = pond.watcher()
    pond.advance(3, PIECE_BYTES)
    assert [positions(each) for each in watcher.take(1 << 20)._pieces] == [[1], [2], [3]]
    pond.advance(2 * PIECE_EVENTS)
    assert [len(each) for each in watcher.take(1 << 20)._pieces] == [PIECE_EVENTS, PIECE_EVENTS]


def test_no_more_is_handed_out_than_there_is_room_for_but_always_something() -> None:
    pond = Pond()
    watcher = pond.watcher()
    pond.advance(10, PIECE_BYTES // 4)
    assert positions(watcher.take(BATCH_BYTES)) == [1, 2]
    assert positions(watcher.take(1)) == [3, 4]
    pond.advance(3 * BATCH_EVENTS)
    while watcher.served <= 10:
        watcher.take()
    assert len(watcher.take(1 << 30)) == BATCH_EVENTS


def test_old_cuts_are_forgotten_and_who_stands_there_is_served_all_the_same() -> None:
    pond = Pond()
    watcher, other = pond.watcher(), pond.watcher()
    for _ in range(2 * KEPT):
        pond.advance()
        other.take()
    assert len(pond.hub._pieces._ends) == KEPT
    batch = watcher.take()
    assert not batch._pieces
    assert positions(batch) == list(range(1, 2 * KEPT + 1))


def test_it_is_cut_where_somebody_stands_and_not_where_nobody_does() -> None:
    pond = Pond()
    watcher = pond.watcher()
    for _ in range(20):
        pond.advance()
    [piece] = watcher.take()._pieces
    assert positions(piece) == list(range(1, 21))


def test_where_many_see_to_it_is_cut_too_when_a_piece_becomes_large_behind_it() -> None:
    pond = Pond()
    watcher = pond.watcher()
    pond.advance(2)
    pond.happen(3, PIECE_BYTES)
    assert [positions(each) for each in watcher.take()._pieces] == [[1, 2]]
    assert watcher.served == 3


def test_an_event_behind_what_is_not_seen_is_handed_out_however_large() -> None:
    pond = Pond()
    catches = pond.watcher("pond:fish:catch")
    other = pond.watcher("pond:fish:see")
    pond.advance()
    other.take()
    pond.hub.deliver(stored(caught("x" * BATCH_BYTES), 3))
    pond.hub.advance()
    pond.hub.close()
    assert positions(catches.take()) == [2]


def test_nothing_is_kept_for_a_group_that_is_no_more() -> None:
    pond = Pond()
    watcher, other = pond.watcher(), pond.watcher("pond:fish:see")
    pond.advance(3)
    watcher.take()
    other.take()
    assert len(pond.hub._pieces._made) == 2
    watcher.leave()
    assert len(pond.hub._pieces._made) == 1


def test_little_is_kept_of_large_events() -> None:
    pond = Pond()
    watcher = pond.watcher()
    pieces = pond.hub._pieces
    for _ in range(10):
        pond.advance(1, KEPT_BYTES // 4)
        watcher.take()
        assert pieces._bytes == sum(piece.size for piece in pieces._made.values())
        assert pieces._bytes <= KEPT_BYTES
    pond.advance(1, KEPT_BYTES)
    watcher.take()
    assert len(pieces._made) == 1


def test_few_pieces_are_kept() -> None:
    pond = Pond()
    watcher = pond.watcher()
    for _ in range(3 * KEPT):
        pond.advance()
        watcher.take()
        assert len(pond.hub._pieces._made) <= KEPT


steps = st.lists(st.sampled_from(["happen", "advance", "first", "second", "third"]), max_size=60)


@given(steps)
def test_everybody_gets_all_of_it_once_and_in_order(steps: list[str]) -> None:
    pond = Pond()
    watchers = {name: pond.watcher() for name in ("first", "second", "third")}
    got: dict[str, list[int]] = {name: [] for name in watchers}
    for step in [*steps, "advance", *watchers]:
        if step == "happen":
            pond.happen()
        elif step == "advance":
            pond.hub.advance()
        else:
            got[step] += positions(watchers[step].take())
    assert list(got.values()) == [list(range(1, pond.hub.position))] * 3
