"""Events of the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import StrictStr

from runtime.events.event import Event
from runtime.model import Int64

from .models import Loaf

PUBLISHER: Final = "publisher"
BEAT: Final = "beat"
GONE: Final = "gone"


class Publisher(Event):
    """\"\"\" */ \\"""

    tag: ClassVar[Literal["publisher"]] = PUBLISHER
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    type: StrictStr
    value: Int64
    event: StrictStr
    data: Loaf


class Beat(Event):
    """The event ``beat``."""

    tag: ClassVar[Literal["beat"]] = BEAT

    message: StrictStr


class Gone(Event):
    """The event ``gone``."""

    tag: ClassVar[Literal["gone"]] = GONE

    reason: StrictStr


KitchenEvent: TypeAlias = Publisher | Beat | Gone
"""Every event of the service, told apart by its class or by its ``tag``."""

EVENT_BY_TAG: Final[Mapping[str, type[KitchenEvent]]] = {
    event.tag: event for event in (Publisher, Beat, Gone)
}
"""The class of every event, by its tag on the wire."""
