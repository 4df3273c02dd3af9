"""Who may do and see what in the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import SIGNED_IN, Requirement, all_of

ATTRIBUTES: Final[Mapping[str, str]] = {
    "storage:aips:create": "Record a package",
    "storage:aips:list": "See the list of packages",
    "storage:aips:read": "Open a package",
    "storage:aips:review": "Reject a package",
}
"""Every attribute of the design, and what it allows."""

OPERATIONS: Final[Mapping[str, Requirement]] = {
    "list_aips": all_of("storage:aips:list"),
    "create_aip": all_of("storage:aips:create"),
    "show_aip": all_of("storage:aips:read"),
    "reject_aip": all_of("storage:aips:review"),
    "monitor_request": SIGNED_IN,
    "monitor": SIGNED_IN,
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {
    "storage_ping_event": SIGNED_IN,
    "storage_reset_event": SIGNED_IN,
    "aip_created_event": all_of("storage:aips:list"),
    "aip_updated_event": all_of("storage:aips:read"),
}
"""What it takes to see an event, by its tag."""
