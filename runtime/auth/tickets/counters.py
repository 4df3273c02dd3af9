"""What became of tickets, counted since the process began."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class TicketCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    issued: int = 0
    """Tickets issued."""
    redeemed: int = 0
    """Tickets spent on what they are for."""
    refused: int = 0
    """Tickets that were unknown, used, expired, or carried to another door."""
    unavailable: int = 0
    """Times the store could not keep or look up a ticket."""
