"""The streams of the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from runtime.monitor.stream import Heartbeat, Stream

from .attributes import EVENTS, OPERATIONS
from .events import WindowPingEvent, WindowResetEvent

WINDOW: Final = Stream(
    name="window",
    log="corner_shop",
    requires=OPERATIONS["window"],
    events={
        "ping": EVENTS["ping"],
        "reset": EVENTS["reset"],
        "loaf_baked_event": EVENTS["loaf_baked_event"],
        "loaf_eaten_event": EVENTS["loaf_eaten_event"],
    },
    heartbeat=Heartbeat(
        seconds=0.5,
        first=WindowPingEvent(message="Hello", at=datetime.fromisoformat("2026-01-02T03:04:05Z")),
        then=WindowPingEvent(message="Ping"),
    ),
    reset=WindowResetEvent,
)
