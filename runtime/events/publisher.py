"""What a service may publish, and how an event becomes bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from runtime.events.event import Event, subject_of

E = TypeVar("E", bound=Event)


class UndeclaredEvent(Exception):
    """An operation published an event that its design does not say it ``emits``."""

    def __init__(self, operation: str, event: type[Event]) -> None:
        super().__init__(f"the design does not say that {operation} emits {event.__name__}")
        self.operation = operation
        self.event = event


class ForeignEvent(Exception):
    """An event of another service was published."""

    def __init__(self, stream: str, event: type[Event]) -> None:
        super().__init__(f"{event.__name__} is no event of {stream}")
        self.stream = stream
        self.event = event


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """An event as bytes, before it has a position."""

    tag: str
    subject: str | None
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher(Generic[E]):
    """The events of one log, who emits them, and the event that stands in for a broken one.

    ``fault`` tells watchers to load anew; it is ``None`` only where the service has no stream, and so
    no watchers.
    """

    stream: str
    events: Mapping[str, type[E]]
    emits: Mapping[str, frozenset[type[E]]]
    fault: E | None

    def declared(self, operation: str, event: E) -> bool:
        """Tell whether the design says that this operation emits this event."""
        return type(event) in self.emits.get(operation, frozenset())

    def encode(self, event: E) -> EncodedEvent:
        """Encode, once for the log and for everybody who will see it.

        Raises:
            ForeignEvent: The event belongs to another service.
        """
        if self.events.get(event.tag) is not type(event):
            raise ForeignEvent(self.stream, type(event))
        return EncodedEvent(event.tag, subject_of(event), event.to_json())
