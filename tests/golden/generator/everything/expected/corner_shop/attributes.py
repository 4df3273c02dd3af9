"""Who may do and see what in the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import ANYONE, SIGNED_IN, Requirement, all_of, any_of

ATTRIBUTES: Final[Mapping[str, str]] = {
    "shop:letters:read": "Read letters",
    "shop:loaves:bake": "Bake a loaf",
    "shop:loaves:list": 'See the "loaves"',
}
"""Every attribute of the design, and what it allows."""

OPERATIONS: Final[Mapping[str, Requirement]] = {
    "list_loaves": any_of("shop:loaves:list", "shop:loaves:bake"),
    "bake_loaf": all_of("shop:loaves:list", "shop:loaves:bake"),
    "show_loaf": all_of("shop:loaves:list"),
    "spread": all_of("shop:loaves:bake"),
    "answer": SIGNED_IN,
    "weigh": SIGNED_IN,
    "throw_away": all_of("shop:loaves:bake"),
    "photo_request": all_of("shop:loaves:list"),
    "photo": SIGNED_IN,
    "opening_hours": ANYONE,
    "pay": SIGNED_IN,
    "way": SIGNED_IN,
    "canal": SIGNED_IN,
    "caller": SIGNED_IN,
    "window": SIGNED_IN,
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {
    "ping": SIGNED_IN,
    "reset": SIGNED_IN,
    "loaf_baked_event": all_of("shop:loaves:list"),
    "loaf_eaten_event": any_of("shop:loaves:list", "shop:loaves:bake"),
}
"""What it takes to see an event, by its tag."""
