"""Which operation of the storage service publishes which events.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.events.publisher import Publisher

from .events import EVENT_BY_TAG, AIPCreatedEvent, AIPUpdatedEvent, MonitorResetEvent, StorageEvent
from .models import MonitorResetReason

PUBLISHER: Final[Publisher[StorageEvent]] = Publisher(
    stream="storage",
    events=EVENT_BY_TAG,
    emits={
        "create_aip": frozenset({AIPCreatedEvent}),
        "reject_aip": frozenset({AIPUpdatedEvent}),
        "move_workflow": frozenset({AIPUpdatedEvent}),
    },
    fault=MonitorResetEvent(reason=MonitorResetReason.FAULT),
)
