"""What a subscriber has seen, next to what there was to see: and where they part, if they do."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from runtime.events.event import EventPosition, StoredEvent

RESET: Final = '{"value":{"type":"storage_reset_event"'


def document_of(tag: str, payload: bytes, id: str) -> str:
    """Return a frame as it goes over the wire, but for its line end."""
    return f'{{"value":{{"type":"{tag}","value":{payload.decode()}}},"id":"{id}"}}'


def documents_of(events: Sequence[StoredEvent], epoch: int) -> list[str]:
    """Return the frames that tell of events."""
    return [
        document_of(event.tag, event.payload, str(EventPosition(epoch, event.position)))
        for event in events
    ]


def id_of(document: str) -> str:
    return document.rpartition('"id":"')[2].removesuffix('"}')


def position_of(document: str) -> int:
    return EventPosition.parse(id_of(document)).position


@dataclass
class Connected:
    """One of a subscriber's connections."""

    url: str
    last_id: str | None
    """What it came back with."""
    first: int
    """How much had been seen before."""
    at: float = field(default_factory=time.monotonic)
    ended: str = "open"

    def __str__(self) -> str:
        return f"to {self.url} from {self.last_id}, {self.ended}"


@dataclass
class Seen:
    """What one subscriber has seen, over all of its connections."""

    name: str
    documents: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """When each came, in seconds of the monotonic clock."""
    connections: list[Connected] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What it noticed itself."""

    def connect(self, url: str, last_id: str | None) -> Connected:
        """Note another connection."""
        self.connections.append(Connected(url, last_id, len(self.documents)))
        return self.connections[-1]

    def take(self, document: str) -> None:
        """Note a frame that is no heartbeat."""
        self.documents.append(document)
        self.times.append(time.monotonic())

    def when_seen(self, index: int) -> Connected:
        """The connection on which something was seen, or should have been."""
        return [each for each in self.connections if each.first <= index][-1]


class Journal:
    """What was done to whom, and when."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, str]] = []

    def note(self, fault: str) -> None:
        self._entries.append((time.monotonic(), fault))

    def before(self, moment: float) -> list[str]:
        """The last faults before a moment, and how long before it they were."""
        past = [(at, fault) for at, fault in self._entries if at <= moment]
        return [f"{fault} {moment - at:.2f} s before" for at, fault in past[-3:]]


@dataclass(frozen=True)
class Difference:
    """How what was seen differs from what was to be seen; without any it is false."""

    missing: int
    repeated: int
    reordered: int
    resets: int
    strange: int
    """Seen, but not of that content in the log."""
    faults: Sequence[str]
    first: str
    """Where it begins."""

    def __bool__(self) -> bool:
        counts = (self.missing, self.repeated, self.reordered, self.resets, self.strange)
        return any(counts) or bool(self.faults)


def difference(expected: Sequence[str], seen: Seen, journal: Journal) -> Difference:
    """Compare what a subscriber has seen with the log, byte for byte."""
    documents = seen.documents
    counted = Counter(documents)
    known = set(expected)
    newest, reordered = -1, 0
    for document in documents:
        position = position_of(document)
        reordered += position < newest
        newest = max(newest, position)
    return Difference(
        missing=len(known - counted.keys()),
        repeated=sum(counted.values()) - len(counted),
        reordered=reordered,
        resets=sum(document.startswith(RESET) for document in documents),
        strange=len(counted.keys() - known),
        faults=seen.faults,
        first=_first(expected, seen, journal),
    )


def _first(expected: Sequence[str], seen: Seen, journal: Journal) -> str:
    pairs = zip(expected, seen.documents, strict=False)
    index = next(
        (index for index, (due, came) in enumerate(pairs) if due != came),
        min(len(expected), len(seen.documents)),
    )
    if index == len(expected) == len(seen.documents):
        return ""
    due = expected[index] if index < len(expected) else "nothing"
    came = seen.documents[index] if index < len(seen.documents) else "nothing"
    connected = seen.when_seen(index)
    number = seen.connections.index(connected)
    return (
        f"{seen.name}: {due} was due, {came} came, on connection {number} {connected};"
        f" {'; '.join(journal.before(connected.at)) or 'no fault before'}"
    )
