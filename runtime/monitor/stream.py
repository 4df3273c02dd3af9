"""A stream as the design has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.auth.attributes import Requirement
from runtime.auth.tickets.ticket import TicketScheme
from runtime.events.event import Event


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a quiet stream says: ``first`` at once, ``then`` every ``seconds`` after that."""

    seconds: float
    first: Event
    then: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What a stream sends, and to whom."""

    name: str
    """The stream's name, which is also the name of watching it as an operation."""
    log: str
    """The log that its events come from."""
    requires: Requirement
    """What it takes to watch at all."""
    events: Mapping[str, Requirement]
    """What it sends, by tag, and what it takes to see each."""
    heartbeat: Heartbeat
    reset: type[Event] | None = None
    """The event that tells a watcher to load everything again, its one field ``reason``; a stream
    that cannot be resumed may have none."""
    coalesce: frozenset[str] = frozenset()
    """The tags of events that carry all that their subject is by then: of several in a row only the
    last need be sent to a connection that is over its limit (``runtime.monitor.pace``)."""
    resume: bool = False
    """Whether a watcher may come back with its last id, and get what it missed."""
    select: frozenset[str] = frozenset()
    """By what a watcher may narrow what it sees: ``types``, ``subject``."""
    ticket: TicketScheme | None = None
    """What lets a browser in, which can send no header with an upgrade."""

    @property
    def always(self) -> frozenset[str]:
        """The tags that belong to the stream itself; everybody who watches sees them."""
        beats = self.heartbeat
        reset = {self.reset.tag} if self.reset else set()
        return frozenset({beats.first.tag, beats.then.tag, *reset})
