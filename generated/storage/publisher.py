"""Which operation of the storage service publishes which events.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.events.publisher import Publisher

from .events import (
    EVENT_BY_TAG,
    AIPCreatedEvent,
    AIPUpdatedEvent,
    DeletionRequestCreatedEvent,
    DeletionRequestUpdatedEvent,
    LocationCreatedEvent,
    LocationUpdatedEvent,
    MonitorResetEvent,
    StorageEvent,
    TaskCreatedEvent,
    TaskUpdatedEvent,
    WorkflowCreatedEvent,
    WorkflowUpdatedEvent,
)
from .models import MonitorResetReason

PUBLISHER: Final[Publisher[StorageEvent]] = Publisher(
    stream="storage",
    events=EVENT_BY_TAG,
    emits={
        "create_aip": frozenset({AIPCreatedEvent}),
        "move_aip": frozenset({AIPUpdatedEvent, WorkflowCreatedEvent, TaskCreatedEvent}),
        "reject_aip": frozenset({AIPUpdatedEvent, DeletionRequestUpdatedEvent, TaskUpdatedEvent}),
        "aip_deletion_auto": frozenset(
            {
                AIPUpdatedEvent,
                DeletionRequestCreatedEvent,
                DeletionRequestUpdatedEvent,
                WorkflowCreatedEvent,
                TaskCreatedEvent,
            }
        ),
        "request_aip_deletion": frozenset(
            {AIPUpdatedEvent, DeletionRequestCreatedEvent, WorkflowCreatedEvent, TaskCreatedEvent}
        ),
        "review_aip_deletion": frozenset(
            {AIPUpdatedEvent, DeletionRequestUpdatedEvent, WorkflowUpdatedEvent, TaskUpdatedEvent}
        ),
        "cancel_aip_deletion": frozenset(
            {AIPUpdatedEvent, DeletionRequestUpdatedEvent, WorkflowUpdatedEvent, TaskUpdatedEvent}
        ),
        "create_location": frozenset({LocationCreatedEvent}),
        "update_location": frozenset({LocationUpdatedEvent}),
        "delete_workflow": frozenset(
            {
                AIPUpdatedEvent,
                DeletionRequestUpdatedEvent,
                WorkflowUpdatedEvent,
                TaskCreatedEvent,
                TaskUpdatedEvent,
            }
        ),
        "move_workflow": frozenset(
            {
                AIPUpdatedEvent,
                WorkflowCreatedEvent,
                WorkflowUpdatedEvent,
                TaskCreatedEvent,
                TaskUpdatedEvent,
            }
        ),
    },
    fault=MonitorResetEvent(reason=MonitorResetReason.FAULT),
)
