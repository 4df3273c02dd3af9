"""The judges of the proofs: whatever is wrong with a sequence, they say so and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from runtime.events.event import StoredEvent
from tests.faults.comparison import Journal, Seen, difference, document_of, documents_of
from tests.faults.ledger import Entry, faults

RESET = document_of("storage_reset_event", b'{"reason":"expired"}', "1-4")


def event(position: int, subject: str = "a", status: str = "stored") -> StoredEvent:
    return StoredEvent(
        stream="storage",
        position=position,
        tag="aip_updated_event",
        subject=subject,
        payload=b'{"uuid":"%s","item":{"status":"%s"}}' % (subject.encode(), status.encode()),
        actor=str(100 + position),
        operation="move_workflow",
        recorded_at=datetime(2026, 1, 2, tzinfo=UTC),
    )


EVENTS = [event(position) for position in range(1, 7)]
EXPECTED = documents_of(EVENTS, epoch=1)
ENTRIES = [Entry(100 + turn, 1, "a", turn, "stored in None") for turn in range(1, 7)]


def seen(documents: list[str]) -> Seen:
    seen = Seen("somebody")
    seen.connect("http://one", None)
    for document in documents[:3]:
        seen.take(document)
    seen.connect("http://two", "1-3")
    for document in documents[3:]:
        seen.take(document)
    return seen


def test_who_has_seen_all_has_seen_nothing_else() -> None:
    assert not difference(EXPECTED, seen(EXPECTED), Journal())


@pytest.mark.parametrize(
    ("documents", "counts"),
    [
        (EXPECTED[:-1], {"missing": 1}),
        (EXPECTED[:3] + EXPECTED[4:], {"missing": 1}),
        ([*EXPECTED[:4], *EXPECTED[3:]], {"repeated": 1}),
        ([*EXPECTED[:3], EXPECTED[4], EXPECTED[3], EXPECTED[5]], {"reordered": 1}),
        ([*EXPECTED[:4], RESET, *EXPECTED[4:]], {"resets": 1, "strange": 1}),
        ([EXPECTED[0].replace("stored", "queued"), *EXPECTED[1:]], {"strange": 1, "missing": 1}),
    ],
    ids=["the last", "one", "twice", "order", "a reset", "content"],
)
def test_every_kind_of_difference_is_counted_and_placed(
    documents: list[str], counts: dict[str, int]
) -> None:
    journal = Journal()
    journal.note("one was killed")
    found = difference(EXPECTED, seen(documents), journal)
    assert found
    names = ("missing", "repeated", "reordered", "resets", "strange")
    assert {name: getattr(found, name) for name in names if getattr(found, name)} == counts
    assert found.first.startswith("somebody: ")
    assert "one was killed" in found.first


def test_what_a_subscriber_noticed_itself_counts() -> None:
    noticed = seen(EXPECTED)
    noticed.faults.append("Hello was wrong")
    assert difference(EXPECTED, noticed, Journal()).faults == ["Hello was wrong"]


def test_a_log_that_tells_exactly_what_was_committed_is_right() -> None:
    assert faults(ENTRIES, EVENTS) == []


@pytest.mark.parametrize(
    ("entries", "events", "fault"),
    [
        (ENTRIES[:-1], EVENTS, "never committed"),
        (ENTRIES, EVENTS[:-1], "without an event"),
        (ENTRIES, [*EVENTS[:3], *EVENTS[4:]], "stands where 4 should"),
        (ENTRIES, [*EVENTS, replace(EVENTS[0], position=7)], "never committed"),
        (ENTRIES, [*EVENTS[:-1], event(6, status="queued")], "says 'queued in None'"),
        ([*ENTRIES[:-1], replace(ENTRIES[5], turn=7)], EVENTS, "out of turn"),
    ],
    ids=["no commit", "no event", "a hole", "twice", "content", "order"],
)
def test_a_log_that_tells_anything_else_is_not(
    entries: list[Entry], events: list[StoredEvent], fault: str
) -> None:
    assert any(fault in each for each in faults(entries, events))
