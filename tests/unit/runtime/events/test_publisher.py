from __future__ import annotations

from typing import ClassVar

import pytest

from runtime.events.event import Event, subject_of
from runtime.events.publisher import EncodedEvent, ForeignEvent
from tests.unit.runtime.pond import PUBLISHER, DrainedEvent, PingEvent, caught, seen


class LetterEvent(Event):
    tag: ClassVar[str] = "letter_event"
    subject_field: ClassVar[str | None] = "number"
    subject: str
    number: int | None = None


def test_an_event_is_encoded_with_its_tag_and_its_subject() -> None:
    assert PUBLISHER.encode(seen("perch")) == EncodedEvent(
        "fish_seen_event", "perch", b'{"name":"perch","item":{"name":"perch","weight":1}}'
    )


def test_an_event_about_nothing_has_no_subject() -> None:
    assert PUBLISHER.encode(DrainedEvent()) == EncodedEvent("drained_event", None, b"{}")


def test_a_field_may_be_called_subject_and_be_none() -> None:
    assert subject_of(LetterEvent(subject="greetings")) is None
    assert subject_of(LetterEvent(subject="greetings", number=7)) == "7"


def test_an_event_of_another_design_is_refused_even_under_a_known_tag() -> None:
    class Impostor(PingEvent):
        pass

    with pytest.raises(ForeignEvent, match="Impostor is no event of pond"):
        PUBLISHER.encode(Impostor(message="Hello"))


def test_an_operation_declares_what_it_emits() -> None:
    assert PUBLISHER.declared("catch_fish", caught())
    assert not PUBLISHER.declared("see_fish", caught())
    assert not PUBLISHER.declared("unknown", caught())
