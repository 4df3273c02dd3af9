"""Which operation of the kitchen service publishes which events.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.events.publisher import Publisher

from .events import EVENT_BY_TAG, Gone, KitchenEvent
from .events import Publisher as Publisher_

PUBLISHER: Final[Publisher[KitchenEvent]] = Publisher(
    stream="kitchen",
    events=EVENT_BY_TAG,
    emits={
        "publish": frozenset({Publisher_}),
        "work": frozenset({Publisher_}),
    },
    fault=Gone(reason="fault"),
)
