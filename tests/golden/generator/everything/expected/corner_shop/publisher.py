"""Which operation of the corner shop service publishes which events.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.events.publisher import Publisher

from .events import EVENT_BY_TAG, CornerShopEvent, LoafBakedEvent, LoafEatenEvent, WindowResetEvent

PUBLISHER: Final[Publisher[CornerShopEvent]] = Publisher(
    stream="corner_shop",
    events=EVENT_BY_TAG,
    emits={
        "bake_loaf": frozenset({LoafBakedEvent}),
        "throw_away": frozenset({LoafEatenEvent}),
        "evening": frozenset({LoafEatenEvent}),
    },
    fault=WindowResetEvent(reason="fault"),
)
