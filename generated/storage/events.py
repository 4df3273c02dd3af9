"""Events of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import StrictStr

from runtime.events.event import Event

from .models import (
    AIP,
    AIPTask,
    AIPWorkflowSimple,
    DeletionRequest,
    LocationDefault,
    MonitorResetReason,
)

AIP_CREATED_EVENT: Final = "aip_created_event"
AIP_UPDATED_EVENT: Final = "aip_updated_event"
DELETION_REQUEST_CREATED_EVENT: Final = "deletion_request_created_event"
DELETION_REQUEST_UPDATED_EVENT: Final = "deletion_request_updated_event"
LOCATION_CREATED_EVENT: Final = "location_created_event"
LOCATION_UPDATED_EVENT: Final = "location_updated_event"
MONITOR_PING_EVENT: Final = "storage_ping_event"
MONITOR_RESET_EVENT: Final = "storage_reset_event"
WORKFLOW_CREATED_EVENT: Final = "aip_workflow_created_event"
WORKFLOW_UPDATED_EVENT: Final = "aip_workflow_updated_event"
TASK_CREATED_EVENT: Final = "aip_task_created_event"
TASK_UPDATED_EVENT: Final = "aip_task_updated_event"


class AIPCreatedEvent(Event):
    """A package was registered."""

    tag: ClassVar[Literal["aip_created_event"]] = AIP_CREATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIP


class AIPUpdatedEvent(Event):
    """Something about a package changed; this is the whole package afterwards."""

    tag: ClassVar[Literal["aip_updated_event"]] = AIP_UPDATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIP


class DeletionRequestCreatedEvent(Event):
    """Somebody asked for the deletion of a package."""

    tag: ClassVar[Literal["deletion_request_created_event"]] = DELETION_REQUEST_CREATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: DeletionRequest


class DeletionRequestUpdatedEvent(Event):
    """A request for the deletion of a package was decided or taken back."""

    tag: ClassVar[Literal["deletion_request_updated_event"]] = DELETION_REQUEST_UPDATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: DeletionRequest


class LocationCreatedEvent(Event):
    """A location was added."""

    tag: ClassVar[Literal["location_created_event"]] = LOCATION_CREATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: LocationDefault


class LocationUpdatedEvent(Event):
    """A location was renamed or described."""

    tag: ClassVar[Literal["location_updated_event"]] = LOCATION_UPDATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: LocationDefault


class MonitorPingEvent(Event):
    """The feed is alive.  The first one says Hello, every other Ping."""

    tag: ClassVar[Literal["storage_ping_event"]] = MONITOR_PING_EVENT

    message: StrictStr


class MonitorResetEvent(Event):
    """What was missed cannot be sent; load everything again and go on from here."""

    tag: ClassVar[Literal["storage_reset_event"]] = MONITOR_RESET_EVENT

    reason: MonitorResetReason


class WorkflowCreatedEvent(Event):
    """A workflow of a package has begun."""

    tag: ClassVar[Literal["aip_workflow_created_event"]] = WORKFLOW_CREATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIPWorkflowSimple


class WorkflowUpdatedEvent(Event):
    """A workflow of a package has moved on."""

    tag: ClassVar[Literal["aip_workflow_updated_event"]] = WORKFLOW_UPDATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIPWorkflowSimple


class TaskCreatedEvent(Event):
    """A task of a workflow has begun."""

    tag: ClassVar[Literal["aip_task_created_event"]] = TASK_CREATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIPTask


class TaskUpdatedEvent(Event):
    """A task of a workflow has moved on."""

    tag: ClassVar[Literal["aip_task_updated_event"]] = TASK_UPDATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIPTask


StorageEvent: TypeAlias = (
    AIPCreatedEvent
    | AIPUpdatedEvent
    | DeletionRequestCreatedEvent
    | DeletionRequestUpdatedEvent
    | LocationCreatedEvent
    | LocationUpdatedEvent
    | MonitorPingEvent
    | MonitorResetEvent
    | WorkflowCreatedEvent
    | WorkflowUpdatedEvent
    | TaskCreatedEvent
    | TaskUpdatedEvent
)
"""Every event of the service, told apart by its class or by its ``tag``."""

EVENT_BY_TAG: Final[Mapping[str, type[StorageEvent]]] = {
    event.tag: event
    for event in (
        AIPCreatedEvent,
        AIPUpdatedEvent,
        DeletionRequestCreatedEvent,
        DeletionRequestUpdatedEvent,
        LocationCreatedEvent,
        LocationUpdatedEvent,
        MonitorPingEvent,
        MonitorResetEvent,
        WorkflowCreatedEvent,
        WorkflowUpdatedEvent,
        TaskCreatedEvent,
        TaskUpdatedEvent,
    )
}
"""The class of every event, by its tag on the wire."""
