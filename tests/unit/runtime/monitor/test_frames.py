from __future__ import annotations

import json

import pytest
import websockets.frames
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Opcode

from runtime.events.event import EventPosition
from runtime.monitor.frames import BEATS_KEPT, BeatFrames, EventFrames, Frame
from tests.unit.runtime.pond import PingEvent, seen, stored


def test_a_frame_is_the_envelope_with_an_id_and_a_line_end() -> None:
    frame = EventFrames(1700).of(stored(seen("perch"), 42))
    assert frame.text == (
        '{"value":{"type":"fish_seen_event","value":'
        '{"name":"perch","item":{"name":"perch","weight":1}}},"id":"1700-42"}\n'
    )
    assert str(frame.id) == "1700-42"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_payload_is_spliced_in_byte_by_byte(name: str) -> None:
    event = stored(seen(name), 1)
    text = EventFrames(1).of(event).text
    assert event.payload in text.encode()
    assert json.loads(text)["value"]["value"]["name"] == name


def test_even_odd_json_is_not_written_anew() -> None:
    frame = Frame("odd_event", b'{ "a": 1.0, "a": 1e2 }', EventPosition(1, 2))
    assert '{ "a": 1.0, "a": 1e2 }' in frame.text


def test_a_frame_is_built_once() -> None:
    frame = EventFrames(1).of(stored(seen(), 1))
    assert frame.text is frame.text
    assert frame.message is frame.message


@pytest.mark.parametrize("length", [0, 70, 65_480, 100_000])
def test_a_message_is_what_a_library_puts_on_the_wire(length: int) -> None:
    # Lengths around those from which RFC 6455 writes them in more bytes.
    for more in range(6):
        payload = b'"%b"' % (b"a" * (length + more))
        frame = Frame("big_event", payload, EventPosition(1, 2))
        whole = websockets.frames.Frame(Opcode.TEXT, frame.text.encode())
        assert frame.message == whole.serialize(mask=False)


def test_heartbeats_of_one_position_are_one_frame() -> None:
    beats = BeatFrames(PingEvent(message="Ping"), 1700)
    assert beats.at(5) is beats.at(5)
    assert beats.at(5).text == (
        '{"value":{"type":"pond_ping_event","value":{"message":"Ping"}},"id":"1700-5"}\n'
    )


def test_few_heartbeat_frames_are_kept() -> None:
    beats = BeatFrames(PingEvent(message="Ping"), 1700)
    for position in range(10 * BEATS_KEPT):
        beats.at(position)
    assert len(beats._kept) == BEATS_KEPT
