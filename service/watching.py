"""A watcher for the terminal: each event in one line that people can read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, assert_never

from generated.clients.python.storage import StorageClient
from generated.storage.events import (
    AIPCreatedEvent,
    AIPUpdatedEvent,
    DeletionRequestCreatedEvent,
    DeletionRequestUpdatedEvent,
    LocationCreatedEvent,
    LocationUpdatedEvent,
    MonitorPingEvent,
    MonitorResetEvent,
    StorageEvent,
    TaskCreatedEvent,
    TaskUpdatedEvent,
    WorkflowCreatedEvent,
    WorkflowUpdatedEvent,
)
from runtime.client.errors import (
    StreamEnded,
    UnexpectedAnswer,
    UnexpectedFrame,
    Unreachable,
    passing,
)
from runtime.client.watch import Watch
from runtime.errors import ServiceError
from service.visible import visible

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds before connecting again; the pause doubles while the service cannot be reached."""


async def watch(client: StorageClient, tell: Callable[[str], None]) -> None:
    """Tell of every event, and connect again when the connection is lost, without end.

    Raises:
        ServiceError, UnexpectedAnswer: The service does not let this client watch.
    """
    pause = FIRST_PAUSE
    last_id: str | None = None
    while True:
        events = client.monitor(last_id=last_id)
        try:
            async with events:
                pause = FIRST_PAUSE
                await _follow(events, tell)
        except (StreamEnded, Unreachable) as error:
            tell(visible(f"disconnected ({error}); connecting again in {pause:.0f} s"))
        except (ServiceError, UnexpectedAnswer) as error:
            if not passing(error):
                raise
            tell(visible(f"refused ({error}); connecting again in {pause:.0f} s"))
        last_id = events.last_id
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _follow(events: Watch[StorageEvent], tell: Callable[[str], None]) -> None:
    while True:
        try:
            event = await anext(events)
        except UnexpectedFrame as error:
            tell(visible(str(error)))
        else:
            if said := line(event, datetime.now()):
                tell(said)


def line(event: StorageEvent, at: datetime) -> str | None:
    """Say what happened; nothing of a heartbeat."""
    if isinstance(event, MonitorPingEvent) and event.message != "Hello":
        return None
    return visible(f"{at:%H:%M:%S}  {event.tag:<31} {_sentence(event)}")


def _sentence(event: StorageEvent) -> str:
    match event:
        case MonitorPingEvent():
            return "connected"
        case MonitorResetEvent(reason=reason):
            return f"events were lost ({reason}): load everything again"
        case LocationCreatedEvent(item=location) | LocationUpdatedEvent(item=location):
            return f"location {location.name!r} {location.uuid}"
        case AIPCreatedEvent(item=aip) | AIPUpdatedEvent(item=aip):
            place = aip.location_uuid or "the internal location"
            return f"AIP {aip.name!r} {aip.uuid} is {aip.status} in {place}"
        case WorkflowCreatedEvent(item=workflow) | WorkflowUpdatedEvent(item=workflow):
            return f"workflow '{workflow.type}' of AIP {workflow.aip_uuid} is {workflow.status}"
        case TaskCreatedEvent(item=task) | TaskUpdatedEvent(item=task):
            note = " ".join((task.note or "").split())
            return f"task {task.name!r} is {task.status}" + (f": {note}" if note else "")
        case DeletionRequestCreatedEvent(item=request) | DeletionRequestUpdatedEvent(item=request):
            return (
                f"deletion of AIP {request.aip_uuid}, asked for by {request.requester}, is"
                f" {request.status}"
            )
        case _:
            assert_never(event)
