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
        "aip_created_event": EVENTS["aip_created_event"],
        "aip_updated_event": EVENTS["aip_updated_event"],
        "deletion_request_created_event": EVENTS["deletion_request_created_event"],
        "deletion_request_updated_event": EVENTS["deletion_request_updated_event"],
        "location_created_event": EVENTS["location_created_event"],
        "location_updated_event": EVENTS["location_updated_event"],
        "storage_ping_event": EVENTS["storage_ping_event"],
        "storage_reset_event": EVENTS["storage_reset_event"],
        "aip_workflow_created_event": EVENTS["aip_workflow_created_event"],
        "aip_workflow_updated_event": EVENTS["aip_workflow_updated_event"],
        "aip_task_created_event": EVENTS["aip_task_created_event"],
        "aip_task_updated_event": EVENTS["aip_task_updated_event"],
    },
    heartbeat=Heartbeat(
        seconds=10.0,
        first=MonitorPingEvent(message="Hello"),
        then=MonitorPingEvent(message="Ping"),
    ),
    reset=MonitorResetEvent,
    coalesce=frozenset(
        {
            "aip_updated_event",
            "deletion_request_updated_event",
            "location_updated_event",
            "aip_workflow_updated_event",
            "aip_task_updated_event",
        }
    ),
    resume=True,
    select=frozenset({"types", "subject"}),
    ticket=MONITOR_TICKET,
)
"""Every event of the service that the caller may see, as it happens.
Each frame carries the position up to which the caller has been served; whoever comes
back with it gets what happened in between.
"""
