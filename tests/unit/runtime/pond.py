"""A tiny design, made by hand: fish in a pond, and the stream that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias

from sqlalchemy import Column, Integer, MetaData, String, Table

from runtime.auth.attributes import SIGNED_IN, Attributes, all_of
from runtime.auth.claims import Caller, Claims
from runtime.auth.tickets.ticket import TicketScheme
from runtime.events.event import Event, StoredEvent
from runtime.events.publisher import Publisher
from runtime.model import Model
from runtime.monitor.stream import Heartbeat, Stream

SCHEMA: Final = MetaData()
FISH: Final = Table(
    "fish",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("name", String(64), unique=True),
    Column("weight", Integer),
)
"""What the pond's database holds beside the log."""


class ResetReason(StrEnum):
    EXPIRED = "expired"
    OTHER_EPOCH = "other_epoch"
    FUTURE = "future"
    MALFORMED = "malformed"
    FAULT = "fault"


class Fish(Model):
    name: str
    weight: int = 1


class PingEvent(Event):
    tag: ClassVar[str] = "pond_ping_event"
    message: str


class ResetEvent(Event):
    tag: ClassVar[str] = "pond_reset_event"
    reason: ResetReason


class FishSeenEvent(Event):
    tag: ClassVar[str] = "fish_seen_event"
    subject_field: ClassVar[str | None] = "name"
    name: str
    item: Fish


class FishCaughtEvent(Event):
    tag: ClassVar[str] = "fish_caught_event"
    subject_field: ClassVar[str | None] = "name"
    name: str
    item: Fish


class DrainedEvent(Event):
    """The pond is empty; it is about no fish in particular."""

    tag: ClassVar[str] = "drained_event"


PondEvent: TypeAlias = PingEvent | ResetEvent | FishSeenEvent | FishCaughtEvent | DrainedEvent

EVENT_BY_TAG: Final[Mapping[str, type[PondEvent]]] = {
    event.tag: event
    for event in (PingEvent, ResetEvent, FishSeenEvent, FishCaughtEvent, DrainedEvent)
}

PUBLISHER: Final[Publisher[PondEvent]] = Publisher(
    stream="pond",
    events=EVENT_BY_TAG,
    emits={
        "see_fish": frozenset({FishSeenEvent}),
        "catch_fish": frozenset({FishSeenEvent, FishCaughtEvent}),
        "drain": frozenset({DrainedEvent}),
    },
    fault=ResetEvent(reason=ResetReason.FAULT),
)

STREAM: Final = Stream(
    name="watch_pond",
    log="pond",
    requires=SIGNED_IN,
    events={
        "pond_ping_event": SIGNED_IN,
        "pond_reset_event": SIGNED_IN,
        "fish_seen_event": all_of("pond:fish:see"),
        "fish_caught_event": all_of("pond:fish:catch"),
        "drained_event": all_of("pond:drain"),
    },
    heartbeat=Heartbeat(
        seconds=10.0, first=PingEvent(message="Hello"), then=PingEvent(message="Ping")
    ),
    reset=ResetEvent,
    resume=True,
    select=frozenset({"types", "subject"}),
    ticket=TicketScheme(name="pond_ticket", cookie="pond-ticket", seconds=5),
)


def angler(*attributes: str, expires_at: datetime | None = None) -> Claims:
    """Somebody who holds these attributes."""
    return Claims(
        issuer="https://id.test",
        subject="angler",
        attributes=Attributes.of(attributes),
        expires_at=expires_at,
    )


def calling(operation: str) -> Caller:
    """Call an operation, allowed everything."""
    return Caller(angler("*"), operation)


def seen(name: str = "perch", weight: int = 1) -> FishSeenEvent:
    """A fish was seen."""
    return FishSeenEvent(name=name, item=Fish(name=name, weight=weight))


def caught(name: str = "perch") -> FishCaughtEvent:
    """A fish was caught."""
    return FishCaughtEvent(name=name, item=Fish(name=name))


def stored(event: PondEvent, position: int) -> StoredEvent:
    """The event as the log would keep it."""
    encoded = PUBLISHER.encode(event)
    return StoredEvent(
        stream="pond",
        position=position,
        tag=encoded.tag,
        subject=encoded.subject,
        payload=encoded.payload,
        actor="angler",
        operation="test",
        recorded_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
