"""Who may do and see what in the letters service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import Requirement, all_of

ATTRIBUTES: Final[Mapping[str, str]] = {
    "shop:letters:read": "Read letters",
    "shop:loaves:bake": "Bake a loaf",
    "shop:loaves:list": 'See the "loaves"',
}
"""Every attribute of the design, and what it allows."""

OPERATIONS: Final[Mapping[str, Requirement]] = {
    "list_letters": all_of("shop:letters:read"),
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {}
"""What it takes to see an event, by its tag."""
