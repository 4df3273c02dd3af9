from __future__ import annotations

from dataclasses import replace

from codegen.emit.stream_inputs import sent_events, stream_inputs
from tests.unit.codegen.emit.designs import BAKERY, WINDOW

(SERVICE,) = BAKERY.services


def test_a_client_may_narrow_and_resume_what_the_design_lets_it() -> None:
    names = [(each.name, each.where) for each in stream_inputs(WINDOW, SERVICE)]
    assert names == [
        ("types", "query"),
        ("subject", "query"),
        ("last_event_id", "query"),
        ("Last-Event-ID", "header"),
    ]
    assert stream_inputs(replace(WINDOW, select=(), resume=False), SERVICE) == ()


def test_only_tags_that_the_stream_sends_can_be_asked_for() -> None:
    stream = replace(WINDOW, sends=("LoafBakedEvent", "WindowPingEvent"))
    types = stream_inputs(stream, SERVICE)[0]
    assert types.schema["items"]["enum"] == ["ping", "loaf_baked"]


def test_the_events_of_a_stream_come_in_the_order_of_the_design() -> None:
    stream = replace(WINDOW, sends=("LoafBakedEvent", "WindowPingEvent"))
    assert [event.tag for event in sent_events(stream, SERVICE)] == ["ping", "loaf_baked"]
