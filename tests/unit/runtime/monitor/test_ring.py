from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.monitor.frames import EventFrames
from runtime.monitor.ring import OVERHEAD, Ring
from tests.unit.runtime.pond import seen, stored


def ring(capacity: int, after: int = 0) -> Ring:
    return Ring(EventFrames(1), after, capacity)


def test_a_new_ring_holds_nothing() -> None:
    empty = ring(1000, after=7)
    assert (empty.oldest, empty.newest) == (8, 7)
    with pytest.raises(IndexError):
        empty[7]


def test_an_event_that_does_not_follow_is_refused() -> None:
    with pytest.raises(ValueError, match="event 2 does not follow 0"):
        ring(1000).append(stored(seen(), 2))


@given(st.integers(1, 20_000), st.lists(st.integers(0, 3000), max_size=40))
def test_it_holds_the_newest_that_fit_and_always_the_last(
    capacity: int, lengths: list[int]
) -> None:
    kept = ring(capacity)
    for position, length in enumerate(lengths, 1):
        kept.append(stored(seen("x" * length), position))
        held = range(kept.oldest, kept.newest + 1)
        assert [kept[each].id.position for each in held] == list(held)
        assert position in held
        assert kept.bytes <= capacity or len(held) == 1
        sizes = [3 * len(kept[each].payload) + OVERHEAD for each in held]
        assert kept.bytes == sum(sizes)
