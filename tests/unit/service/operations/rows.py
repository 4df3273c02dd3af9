"""The table: each operation as it works, and each error that it declares.

What the document tells by itself (wrong rights, bad input, faults) is in ``derived_rows``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.unit.service.operations.row import NIL, NOBODY, SHELF, Names, Row, Step

ITS_UUID: Final = "88888888-8888-4888-8888-888888888888"
NEW: Final = {"name": "new", "uuid": ITS_UUID, "object_key": ITS_UUID}
S3: Final = {"type": "s3", "value": {"bucket": "b", "region": "r", "key": "k", "secret": "hush"}}
PLACE: Final = {"name": "shelf", "source": "s3", "purpose": "aip_store", "config": S3}
BACKWARDS: Final = {
    "earliest_created_time": "2026-01-02T00:00:00Z",
    "latest_created_time": "2026-01-01T00:00:00Z",
}


def to_shelf(names: Names) -> dict[str, str]:
    return {"location_uuid": names.shelf}


def again(names: Names) -> dict[str, str]:
    return NEW | {"uuid": names.uuid}


ABOUT: Final = [Row("about", 200, "any token", may=())]

PACKAGES: Final = [
    Row("list_aips", 200, "everything"),
    Row("list_aips", 200, "a status", query={"status": "stored", "limit": "1", "offset": "1"}),
    Row("list_aips", 200, "a part of a name", query={"query": "%"}),
    Row("list_aips", 200, "an offset that no table reaches", query={"offset": str(2**63 - 1)}),
    Row("list_aips", 400, "a number too large", query={"offset": str(2**63)}, message="offset"),
    Row("list_aips", 400, "a range that ends before it starts", query=BACKWARDS, message="range"),
    Row("create_aip", 200, "a new package", body=NEW),
    Row("create_aip", 400, "a uuid in use", body=again, message="exists already"),
    Row("create_aip", 400, "no such location", body=NEW | {"location_uuid": NOBODY}),
    Row("show_aip", 200, "a package"),
    Row("show_aip", 404, "no package", NOBODY),
    Row("reject_aip", 202, "a package"),
    Row("reject_aip", 202, "one that is deleted already", "deleted"),
    Row("reject_aip", 404, "no package", NOBODY),
    Row("reject_aip", 409, "one that is worked on", "processing", message="processing"),
]

BYTES: Final = b"the bytes of a package"
MOVED: Final = (Step(operation="move_aip", body=to_shelf),)

MOVES: Final = [
    Row("move_aip", 202, "to another location", body=to_shelf),
    Row("move_aip", 400, "to nowhere", body={"location_uuid": NOBODY}, message="not found"),
    Row("move_aip", 404, "no package", NOBODY, body=to_shelf),
    Row("move_aip", 409, "to where it is", body={"location_uuid": NIL}, message="already"),
    Row("move_aip", 409, "one that is deleted", "deleted", body=to_shelf, message="deleted"),
    Row("move_aip", 409, "one that waits", "queued", body=to_shelf, message="queued"),
    Row("move_aip_status", 200, "a move", content=BYTES, before=MOVED),
    Row("move_aip_status", 404, "no package", NOBODY),
    Row("move_aip_status", 424, "never moved", message="cannot perform operation"),
    Row("list_aip_workflows", 200, "a package that was never moved"),
    Row("list_aip_workflows", 200, "no package", NOBODY),
    Row("list_aip_workflows", 200, "a status", query={"status": "in progress"}),
]

NOT_AVAILABLE: Final = "AIP is not available for download"

DOWNLOADS: Final = [
    Row("download_aip_request", 200, "a package", content=BYTES),
    Row("download_aip_request", 200, "one that waits", "pending", content=BYTES),
    Row("download_aip_request", 400, "a deleted one", "deleted", message=NOT_AVAILABLE),
    Row("download_aip_request", 404, "one without bytes", message="AIP not found"),
    Row("download_aip_request", 404, "no package", NOBODY, message="AIP not found"),
    Row("download_aip", 200, "a package", content=BYTES),
    Row("download_aip", 206, "a part", headers={"range": "bytes=4-8"}, content=BYTES),
    Row("download_aip", 416, "behind its end", headers={"range": "bytes=99-"}, content=BYTES),
    Row("download_aip", 400, "a deleted one", "deleted", message=NOT_AVAILABLE, ticket_anyway=True),
    Row("download_aip", 404, "one without bytes", message="AIP not found", ticket_anyway=True),
    Row("download_aip", 404, "no package", NOBODY, message="AIP not found", ticket_anyway=True),
]

PART: Final = {"range": "bytes=4-8"}
BEHIND: Final = {"range": "bytes=99999999-"}
REASON: Final = {"reason": "Registered twice"}
ASKED: Final = (Step(operation="request_aip_deletion", body=REASON),)
ASKED_BY_THE_CALLER: Final = (replace(ASKED[0], by="the caller"),)
DELETED: Final = (Step(operation="aip_deletion_auto", body=REASON),)
DELETED_UNTOLD: Final = (Step(operation="aip_deletion_auto", body=REASON | {"skip_report": True}),)

DELETIONS: Final = [
    Row("aip_deletion_auto", 202, "a package", body=REASON, content=BYTES),
    Row("aip_deletion_auto", 400, "no reason", body={"reason": " "}, message="invalid reason"),
    Row("aip_deletion_auto", 400, "one that waits", "queued", body=REASON, message="not stored"),
    Row("aip_deletion_auto", 404, "no package", NOBODY, body=REASON),
    Row("request_aip_deletion", 202, "a package", body=REASON),
    Row("request_aip_deletion", 400, "no reason", body={"reason": ""}, message="invalid reason"),
    Row("request_aip_deletion", 400, "twice", body=REASON, before=ASKED, message="not stored"),
    Row("request_aip_deletion", 404, "no package", NOBODY, body=REASON),
    Row("review_aip_deletion", 202, "yes", body={"approved": True}, content=BYTES, before=ASKED),
    Row("review_aip_deletion", 202, "no", body={"approved": False}, before=ASKED),
    Row("review_aip_deletion", 400, "nothing asked", body={"approved": True}, message="awaiting"),
    Row(
        "review_aip_deletion",
        400,
        "one's own request",
        body={"approved": True},
        before=ASKED_BY_THE_CALLER,
        message="cannot review their own request",
    ),
    Row("review_aip_deletion", 404, "no package", NOBODY, body={"approved": True}),
    Row("cancel_aip_deletion", 202, "one's own", body={}, before=ASKED_BY_THE_CALLER),
    Row("cancel_aip_deletion", 202, "check", body={"check": True}, before=ASKED_BY_THE_CALLER),
    Row("cancel_aip_deletion", 400, "nothing asked", body={}, message="no valid deletion requests"),
    Row("cancel_aip_deletion", 400, "no package", NOBODY, body={}, message="no valid deletion"),
    Row("cancel_aip_deletion", 403, "somebody else's", body={}, before=ASKED),
    Row("aip_deletion_report_request", 200, "a deleted package", content=BYTES, before=DELETED),
    Row(
        "aip_deletion_report_request", 400, "without a report", content=BYTES, before=DELETED_UNTOLD
    ),
    Row("aip_deletion_report_request", 400, "not deleted", message="not available"),
    Row("aip_deletion_report_request", 404, "no package", NOBODY),
    Row("aip_deletion_report", 200, "a deleted package", content=BYTES, before=DELETED),
    Row("aip_deletion_report", 206, "a part", headers=PART, content=BYTES, before=DELETED),
    Row(
        "aip_deletion_report", 416, "behind its end", headers=BEHIND, content=BYTES, before=DELETED
    ),
    Row("aip_deletion_report", 400, "not deleted", ticket_anyway=True, message="not available"),
    Row("aip_deletion_report", 404, "no package", NOBODY, ticket_anyway=True),
]

LOCATIONS: Final = [
    Row("list_locations", 200, "everything", SHELF),
    Row("create_location", 201, "a new location", body=PLACE),
    Row(
        "create_location",
        400,
        "one that cannot be opened",
        body=PLACE | {"config": {"type": "url", "value": {"url": "file:///etc"}}},
        message="invalid configuration",
    ),
    Row("show_location", 200, "a location", SHELF),
    Row("show_location", 404, "no location", NOBODY),
    Row("update_location", 200, "a name", SHELF, body={"name": "attic"}),
    Row("update_location", 200, "nothing", SHELF, body={}),
    Row("update_location", 404, "no location", NOBODY, body={"name": "attic"}),
    Row("list_location_aips", 200, "an empty location", SHELF),
    Row("list_location_aips", 200, "no location", NOBODY),
]

MONITOR: Final = [
    Row("monitor_request", 200, "any token", may=()),
    Row("monitor", 200, "any token", may=()),
    Row("monitor", 200, "one package", query={"subject": NOBODY, "last_event_id": "nonsense"}),
]

ROWS: Final = [*ABOUT, *PACKAGES, *MOVES, *DOWNLOADS, *DELETIONS, *LOCATIONS, *MONITOR]

NEVER: Final = {
    ("monitor_request", 403): "every known caller may watch",
    ("monitor_request", 503): "no place is left: tests/integration/test_limits.py",
    ("monitor", 101): "an upgrade: tests/unit/runtime/monitor/test_websocket.py",
    ("monitor", 403): "a foreign page: tests/integration/test_tickets.py",
    ("monitor", 503): "no place is left: tests/integration/test_limits.py",
    ("aip_deletion_auto", 409): "the status refuses it first, with 400",
    ("request_aip_deletion", 409): "the status refuses it first, with 400",
    ("review_aip_deletion", 409): "the status refuses it first, with 400",
    ("cancel_aip_deletion", 404): "whom nobody knows has no request: 400, as clients expect",
    ("cancel_aip_deletion", 409): "the status refuses it first, with 400",
    ("download_aip", 403): "who got the ticket had the attribute",
    ("aip_deletion_report", 403): "who got the ticket had the attribute",
}
"""What is documented, and not in the table: why."""
