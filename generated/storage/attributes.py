"""Who may do and see what in the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runtime.auth.attributes import SIGNED_IN, Requirement, all_of, any_of

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
    "list_aips": all_of("storage:aips:list"),
    "create_aip": all_of("storage:aips:create"),
    "show_aip": all_of("storage:aips:read"),
    "download_aip_request": all_of("storage:aips:download"),
    "download_aip": all_of("storage:aips:download"),
    "move_aip": all_of("storage:aips:move"),
    "move_aip_status": all_of("storage:aips:move"),
    "reject_aip": all_of("storage:aips:review"),
    "aip_deletion_auto": all_of("storage:aips:deletion:auto"),
    "request_aip_deletion": all_of("storage:aips:deletion:request"),
    "review_aip_deletion": all_of("storage:aips:deletion:review"),
    "cancel_aip_deletion": all_of("storage:aips:deletion:request"),
    "aip_deletion_report_request": all_of("storage:aips:deletion:report"),
    "aip_deletion_report": all_of("storage:aips:deletion:report"),
    "list_locations": all_of("storage:locations:list"),
    "create_location": all_of("storage:locations:create"),
    "show_location": all_of("storage:locations:read"),
    "update_location": all_of("storage:locations:update"),
    "list_location_aips": all_of("storage:locations:aips:list"),
    "list_aip_workflows": all_of("storage:aips:workflows:list"),
    "monitor_request": SIGNED_IN,
    "monitor": SIGNED_IN,
}
"""What each operation and each stream requires."""

EVENTS: Final[Mapping[str, Requirement]] = {
    "aip_created_event": all_of("storage:aips:list"),
    "aip_updated_event": all_of("storage:aips:read"),
    "deletion_request_created_event": any_of(
        "storage:aips:deletion:request", "storage:aips:deletion:review"
    ),
    "deletion_request_updated_event": any_of(
        "storage:aips:deletion:request", "storage:aips:deletion:review"
    ),
    "location_created_event": all_of("storage:locations:list"),
    "location_updated_event": all_of("storage:locations:list"),
    "storage_ping_event": SIGNED_IN,
    "storage_reset_event": SIGNED_IN,
    "aip_workflow_created_event": all_of("storage:aips:workflows:list"),
    "aip_workflow_updated_event": all_of("storage:aips:workflows:list"),
    "aip_task_created_event": all_of("storage:aips:workflows:list"),
    "aip_task_updated_event": all_of("storage:aips:workflows:list"),
}
"""What it takes to see an event, by its tag."""
