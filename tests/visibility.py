"""Who may see which event: the table of the architecture ("Names"), by hand.

Tests compare the service with this; nothing here asks the code that is tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

OPENED_BY: Final[Mapping[str, list[str]]] = {
    "location_created_event": ["storage:locations:list"],
    "location_updated_event": ["storage:locations:list"],
    "aip_created_event": ["storage:aips:list"],
    "aip_updated_event": ["storage:aips:read"],
    "aip_workflow_created_event": ["storage:aips:workflows:list"],
    "aip_workflow_updated_event": ["storage:aips:workflows:list"],
    "aip_task_created_event": ["storage:aips:workflows:list"],
    "aip_task_updated_event": ["storage:aips:workflows:list"],
    "deletion_request_created_event": [
        "storage:aips:deletion:request",
        "storage:aips:deletion:review",
    ],
    "deletion_request_updated_event": [
        "storage:aips:deletion:request",
        "storage:aips:deletion:review",
    ],
}
"""Any one of these attributes opens the kind."""

PING: Final = "storage_ping_event"
RESET: Final = "storage_reset_event"
ALWAYS: Final = frozenset({PING, RESET})
"""What everybody sees who may watch."""


def visible_tags(held: Iterable[str]) -> frozenset[str]:
    """The kinds of events that somebody sees who holds these attributes."""
    rights = list(held)
    opened = {
        tag
        for tag, names in OPENED_BY.items()
        if any(_opens(right, name) for right in rights for name in names)
    }
    return ALWAYS | opened


def _opens(held: str, name: str) -> bool:
    if held in (name, "*"):
        return True
    return held.endswith(":*") and name.startswith(held.removesuffix("*"))
