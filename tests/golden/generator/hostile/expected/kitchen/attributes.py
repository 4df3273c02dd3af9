"""Who may do and see what in the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import SIGNED_IN, Requirement, all_of

ATTRIBUTES: Final[Mapping[str, str]] = {
    "a:b": 'Quote " \' """ */ \\',
}
"""Every attribute of the design, and what it allows."""

OPERATIONS: Final[Mapping[str, Requirement]] = {
    "events": all_of("a:b"),
    "publish": all_of("a:b"),
    "close": all_of("a:b"),
    "client": all_of("a:b"),
    "models": all_of("a:b"),
    "errors": all_of("a:b"),
    "delete": all_of("a:b"),
    "new": all_of("a:b"),
    "ticket": SIGNED_IN,
    "stream": SIGNED_IN,
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {
    "publisher": all_of("a:b"),
    "beat": SIGNED_IN,
    "gone": SIGNED_IN,
}
"""What it takes to see an event, by its tag."""
