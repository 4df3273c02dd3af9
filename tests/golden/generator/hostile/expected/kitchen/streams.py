"""The streams of the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.monitor.stream import Heartbeat, Stream

from .attributes import EVENTS, OPERATIONS
from .events import Beat, Gone
from .security import T

STREAM: Final = Stream(
    name="stream",
    log="kitchen",
    requires=OPERATIONS["stream"],
    events={
        "publisher": EVENTS["publisher"],
        "beat": EVENTS["beat"],
        "gone": EVENTS["gone"],
    },
    heartbeat=Heartbeat(
        seconds=10.0,
        first=Beat(message='a"""b\\'),
        then=Beat(message="'"),
    ),
    reset=Gone,
    resume=True,
    select=frozenset({"types", "subject"}),
    ticket=T,
)
