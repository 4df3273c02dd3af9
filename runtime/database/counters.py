"""What happened at the door of the database, counted since the process began."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.metrics.gauge import gauge


@dataclass(slots=True)
class DatabaseCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    writing: int = gauge()
    """Write transactions under way."""
    written: int = 0
    """Write transactions begun."""
    waited: int = 0
    """Times a writer had to wait for its turn."""
    waited_seconds: float = 0.0
    """How long writers waited for their turn, all together."""
