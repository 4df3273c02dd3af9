"""The streams of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.monitor.stream import Heartbeat, Stream

from .attributes import EVENTS, OPERATIONS
from .events import MonitorPingEvent, MonitorResetEvent
from .security import MONITOR_TICKET

MONITOR: Final = Stream(
    name="monitor",
    log="storage",
    requires=OPERATIONS["monitor"],
    events={
        "storage_ping_event": EVENTS["storage_ping_event"],
        "storage_reset_event": EVENTS["storage_reset_event"],
        "aip_created_event": EVENTS["aip_created_event"],
        "aip_updated_event": EVENTS["aip_updated_event"],
    },
    heartbeat=Heartbeat(
        seconds=10.0,
        first=MonitorPingEvent(message="Hello"),
        then=MonitorPingEvent(message="Ping"),
    ),
    reset=MonitorResetEvent,
    resume=True,
    select=frozenset({"types", "subject"}),
    ticket=MONITOR_TICKET,
)
"""Watch the events of the service."""
