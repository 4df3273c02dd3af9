"""What happened on the way of an event, counted since the process began."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.metrics.gauge import gauge


@dataclass(slots=True)
class EventCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    committed: int = 0
    """Events written with their change."""
    faults: int = 0
    """Events that could not be built; a reset went out in their place."""
    undeclared: int = 0
    """Events published although the design does not say that the operation emits them."""
    gap_reads: int = 0
    """Times a position was heard before those under it, and they were read from the table."""
    polls: int = 0
    """Times the table was looked at because nothing had been heard."""
    found_by_poll: int = 0
    """Events that no doorbell announced."""
    read_failures: int = 0
    """Times the table could not be read."""
    unrung: int = 0
    """Events whose doorbell could not be rung; other processes find them in the table."""
    doorbell_losses: int = 0
    """Times the connection to the doorbell was lost."""


@dataclass(frozen=True, slots=True)
class DoorbellState:
    """How the doorbell stands now."""

    connected: int = gauge()
    """1 while the doorbell between processes works, else 0: events then come up to a second late."""


@dataclass(slots=True)
class RetentionCounters:
    """What became of old events."""

    removed: int = 0
    """Events removed because they were older, or more, than what is kept."""
    failures: int = 0
    """Times that old events could not be removed."""
