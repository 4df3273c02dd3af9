"""Events and the streams that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from codegen.model.operations import Requirement
from codegen.model.types import Field, JsonValue

Transport = Literal["websocket", "sse"]
Selector = Literal["types", "subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.  ``tag`` is its name on the wire.

    ``subject`` is the name of the field that says which entity it happened to, ``None`` for an
    event about no entity.  ``coalesce`` is whether it carries all that the entity is by then, so
    that only the last of several in a row need be sent to a client that cannot have them all.
    """

    name: str
    tag: str
    requires: Requirement
    fields: tuple[Field, ...]
    subject: str | None = None
    coalesce: bool = False
    doc: str = ""
    deprecated: bool = False
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The event that opens a stream (``first``) and keeps it alive (``then``).

    ``first`` and ``then`` are complete payloads of the event; ``every`` is in seconds.
    """

    event: str
    every: float
    first: Mapping[str, JsonValue]
    then: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTicket:
    """How a browser gets in: the operation that issues the ticket, and its scheme."""

    operation: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A feed of events.  ``path`` is whole; names refer to events of the same service.

    ``sends`` holds every event the stream may carry, heartbeat and reset included.
    ``security`` is the scheme for callers who come without a ticket.
    ``reset`` is the event sent when a position cannot be honoured; it has the field ``reason``.
    """

    name: str
    path: str
    requires: Requirement
    over: tuple[Transport, ...]
    sends: tuple[str, ...]
    heartbeat: Heartbeat
    reset: str
    security: str | None = None
    ticket: StreamTicket | None = None
    resume: bool = False
    select: tuple[Selector, ...] = ()
    errors: tuple[str, ...] = ()
    doc: str = ""
