"""Events of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import StrictStr

from runtime.events.event import Event

from .models import AIP, MonitorResetReason

MONITOR_PING_EVENT: Final = "storage_ping_event"
MONITOR_RESET_EVENT: Final = "storage_reset_event"
AIP_CREATED_EVENT: Final = "aip_created_event"
AIP_UPDATED_EVENT: Final = "aip_updated_event"


class MonitorPingEvent(Event):
    """The stream is alive."""

    tag: ClassVar[Literal["storage_ping_event"]] = MONITOR_PING_EVENT

    message: StrictStr


class MonitorResetEvent(Event):
    """Load everything again."""

    tag: ClassVar[Literal["storage_reset_event"]] = MONITOR_RESET_EVENT

    reason: MonitorResetReason


class AIPCreatedEvent(Event):
    """A package was recorded."""

    tag: ClassVar[Literal["aip_created_event"]] = AIP_CREATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIP


class AIPUpdatedEvent(Event):
    """A package changed."""

    tag: ClassVar[Literal["aip_updated_event"]] = AIP_UPDATED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: AIP


StorageEvent: TypeAlias = MonitorPingEvent | MonitorResetEvent | AIPCreatedEvent | AIPUpdatedEvent
"""Every event of the service, told apart by its class or by its ``tag``."""

EVENT_BY_TAG: Final[Mapping[str, type[StorageEvent]]] = {
    event.tag: event
    for event in (MonitorPingEvent, MonitorResetEvent, AIPCreatedEvent, AIPUpdatedEvent)
}
"""The class of every event, by its tag on the wire."""
