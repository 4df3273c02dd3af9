"""Who may do and see what in the runtime service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import ANYONE, Requirement

ATTRIBUTES: Final[Mapping[str, str]] = {
    "a:b": 'Quote " \' """ */ \\',
}
"""Every attribute of the design, and what it allows."""

OPERATIONS: Final[Mapping[str, Requirement]] = {
    "typing": ANYONE,
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {}
"""What it takes to see an event, by its tag."""
