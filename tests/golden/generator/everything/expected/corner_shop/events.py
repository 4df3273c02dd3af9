"""Events of the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StrictStr

from runtime.events.event import Event
from runtime.model import ABSENT, DateTime, Maybe, is_none

from .models import LoafShort

WINDOW_PING_EVENT: Final = "ping"
WINDOW_RESET_EVENT: Final = "reset"
LOAF_BAKED_EVENT: Final = "loaf_baked_event"
LOAF_EATEN_EVENT: Final = "loaf_eaten_event"


class WindowPingEvent(Event):
    """The event ``ping``."""

    tag: ClassVar[Literal["ping"]] = WINDOW_PING_EVENT

    message: StrictStr
    at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None


class WindowResetEvent(Event):
    """The event ``reset``."""

    tag: ClassVar[Literal["reset"]] = WINDOW_RESET_EVENT

    reason: StrictStr


class LoafBakedEvent(Event):
    """The event ``loaf_baked_event``."""

    tag: ClassVar[Literal["loaf_baked_event"]] = LOAF_BAKED_EVENT
    subject_field: ClassVar[str | None] = "uuid"

    uuid: UUID
    item: LoafShort


class LoafEatenEvent(Event):
    """The event ``loaf_eaten_event``.

    Deprecated.
    """

    tag: ClassVar[Literal["loaf_eaten_event"]] = LOAF_EATEN_EVENT

    by: Maybe[StrictStr | None] = ABSENT


CornerShopEvent: TypeAlias = WindowPingEvent | WindowResetEvent | LoafBakedEvent | LoafEatenEvent
"""Every event of the service, told apart by its class or by its ``tag``."""

EVENT_BY_TAG: Final[Mapping[str, type[CornerShopEvent]]] = {
    event.tag: event
    for event in (WindowPingEvent, WindowResetEvent, LoafBakedEvent, LoafEatenEvent)
}
"""The class of every event, by its tag on the wire."""
