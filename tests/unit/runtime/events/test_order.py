from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.events.order import HELD, Order
from tests.unit.runtime.pond import seen, stored


def drain(order: Order) -> list[int]:
    delivered = []
    while (event := order.next()) is not None:
        delivered.append(event.position)
    return delivered


@given(st.permutations(range(1, 15)), st.lists(st.integers(1, 14)))
def test_whatever_the_order_of_rings_each_position_comes_once_and_densely(
    rings: list[int], repeated: list[int]
) -> None:
    order = Order(0)
    delivered = []
    for position in [*repeated, *rings]:
        order.hear([stored(seen(), position)])
        delivered += drain(order)
    assert delivered == list(range(1, 15))
    assert not order.behind


@given(st.sets(st.integers(1, 30)))
def test_it_is_behind_exactly_when_something_newer_was_heard(rings: set[int]) -> None:
    order = Order(0)
    order.hear(stored(seen(), position) for position in rings)
    drain(order)
    assert order.behind == (max(rings, default=0) > order.position)


def test_what_is_far_ahead_is_left_to_the_table() -> None:
    order = Order(0)
    order.hear([stored(seen(), HELD + 1)])
    assert order.behind
    order.hear(stored(seen(), position) for position in range(1, HELD + 1))
    assert drain(order) == list(range(1, HELD + 1))
    assert order.behind
