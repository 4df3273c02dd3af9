"""Who may do and see what in the about service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import SIGNED_IN, Requirement

ATTRIBUTES: Final[Mapping[str, str]] = {
    "storage:aips:create": "Register a package",
    "storage:aips:deletion:auto": "Delete a package without a review",
    "storage:aips:deletion:report": "Fetch the report on a deleted package",
    "storage:aips:deletion:request": "Ask for the deletion of a package, and take the request back",
    "storage:aips:deletion:review": "Decide about a request to delete a package",
    "storage:aips:download": "Download a package",
    "storage:aips:list": "See the list of packages",
    "storage:aips:move": "Move a package to another location, and follow the move",
    "storage:aips:read": "Open a package, and watch it change",
    "storage:aips:review": "Reject a package",
    "storage:aips:workflows:list": "Follow the workflows of a package and their tasks",
    "storage:locations:aips:list": "See which packages a location holds",
    "storage:locations:create": "Add a location",
    "storage:locations:list": "See the list of locations, and watch it change",
    "storage:locations:read": "Open a location",
    "storage:locations:update": "Rename or describe a location",
}
"""Every attribute of the design, and what it allows."""

OPERATIONS: Final[Mapping[str, Requirement]] = {
    "about": SIGNED_IN,
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {}
"""What it takes to see an event, by its tag."""
