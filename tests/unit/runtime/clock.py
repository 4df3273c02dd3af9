"""A clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from runtime.clock import Clock

NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


class Hands:
    """What the clock shows; ``pass_`` moves both clocks."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.time = NOON
        self.clock = Clock(monotonic=lambda: self.seconds, now=lambda: self.time)

    def move(self, seconds: float) -> None:
        self.seconds += seconds
        self.time += timedelta(seconds=seconds)
