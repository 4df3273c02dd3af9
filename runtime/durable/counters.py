"""What became of runs, counted since the process began."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.metrics.gauge import gauge


@dataclass(slots=True)
class WorkflowCounters:
    """Plain numbers, added to by the one loop that runs everything.

    A run is counted by the process that started, undid or ended it; there may be several.
    """

    started: int = 0
    """Runs recorded, by a transaction that committed."""
    completed: int = 0
    """Runs that ended as done."""
    failed: int = 0
    """Runs that ended as failed."""
    canceled: int = 0
    """Runs that ended as canceled."""
    undone: int = 0
    """Runs of those that were undone."""
    retries: int = 0
    """Attempts of a step that failed and are made again."""
    removed: int = 0
    """Ended runs that were removed for their age."""
    leases_taken: int = 0
    """Times this process became the one that performs runs."""
    leases_lost: int = 0
    """Times another process took its place."""


@dataclass(frozen=True, slots=True)
class LeaseState:
    """Who performs runs now."""

    performing: int = gauge()
    """1 in the one process that performs workflows, 0 in the others."""
