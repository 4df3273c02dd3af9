"""The time, as a value that a test can replace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Two clocks: one that only runs forward, and one that tells the time of day."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds on a scale of its own: for intervals."""
    now: Callable[[], datetime] = _utc_now
    """The time of day, aware: for what a token says of itself."""
