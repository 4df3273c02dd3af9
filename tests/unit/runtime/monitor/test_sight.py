from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.auth.attributes import EVERYTHING, NOTHING, Attributes
from runtime.monitor.sight import Selection, Sight
from tests.unit.runtime.pond import STREAM

OWN = frozenset({"pond_ping_event", "pond_reset_event"})


def visible(sight: Sight, subject: str | None = "perch") -> set[str]:
    return {tag for tag in STREAM.events if sight.sees(tag, subject)}


def test_no_attributes_means_heartbeat_and_reset_and_nothing_else() -> None:
    assert visible(Sight.of(NOTHING, STREAM)) == OWN


def test_an_attribute_opens_its_events() -> None:
    sight = Sight.of(Attributes.of(["pond:fish:see"]), STREAM)
    assert visible(sight) == OWN | {"fish_seen_event"}


def test_a_wildcard_opens_what_is_under_it() -> None:
    sight = Sight.of(Attributes.of(["pond:fish:*"]), STREAM)
    assert visible(sight) == OWN | {"fish_seen_event", "fish_caught_event"}


def test_access_control_switched_off_shows_everything() -> None:
    assert visible(Sight.of(EVERYTHING, STREAM)) == set(STREAM.events)


def test_an_event_that_the_stream_does_not_send_is_never_seen() -> None:
    assert not Sight.of(EVERYTHING, STREAM).sees("duck_event", None)


def test_a_selection_narrows_by_type_but_never_hides_the_stream_itself() -> None:
    selection = Selection(types=frozenset({"fish_seen_event"}))
    assert visible(Sight.of(EVERYTHING, STREAM, selection)) == OWN | {"fish_seen_event"}


def test_a_selection_never_widens_what_attributes_open() -> None:
    selection = Selection(types=frozenset({"fish_caught_event"}))
    assert visible(Sight.of(Attributes.of(["pond:fish:see"]), STREAM, selection)) == OWN


@pytest.mark.parametrize(("subject", "seen"), [("perch", True), ("pike", False), (None, False)])
def test_a_selection_narrows_by_subject(subject: str | None, seen: bool) -> None:
    sight = Sight.of(EVERYTHING, STREAM, Selection(subject="perch"))
    assert sight.sees("fish_seen_event", subject) is seen
    assert sight.sees("pond_reset_event", subject)


@given(st.sets(st.sampled_from(["pond:fish:see", "pond:fish:catch", "pond:drain", "pond:*", "*"])))
def test_sight_is_exactly_what_the_requirements_say(names: set[str]) -> None:
    attributes = Attributes.of(names)
    met = {tag for tag, required in STREAM.events.items() if required.met_by(attributes)}
    assert visible(Sight.of(attributes, STREAM)) == met


def test_equal_rights_in_another_spelling_are_equal_sight() -> None:
    spelt = Attributes.of(["pond:fish:see", "pond:fish:catch"])
    assert Sight.of(spelt, STREAM) == Sight.of(Attributes.of(["pond:fish:*"]), STREAM)
