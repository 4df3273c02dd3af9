"""Requests, counted by operation and status, with how long their answers took to begin."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Scope

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the groups of durations, in seconds; one more group has no bound."""
NO_OPERATION: Final = "none"
"""What is counted where the path or the method is no operation's."""


@dataclass(slots=True)
class Durations:
    """How often each group of durations was met, and the sum of all of them in seconds."""

    met: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.met[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class RequestCounters:
    """Durations by operation and status.

    There are as many entries as the design has operations and each has statuses: what callers
    make up is counted together.
    """

    def __init__(self) -> None:
        self.durations: dict[tuple[str, int], Durations] = {}

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answer that began ``seconds`` after its request, once it has been routed."""
        operation = getattr(scope.get("route"), "name", NO_OPERATION)
        key = (operation, status)
        durations = self.durations.get(key)
        if durations is None:
            durations = self.durations[key] = Durations()
        durations.add(seconds)
