"""What may happen to a package and to what belongs to it, by docs/states.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Item = dict[str, Any]

NOTHING: Final[frozenset[str]] = frozenset()
REPORT: Final = "reports/aip_deletion_report_{}.pdf"

MAY_FOLLOW: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "location": {},
    "aip": {
        "unspecified": frozenset({"processing", "deleted"}),
        "stored": frozenset({"processing", "pending", "deleted"}),
        "pending": frozenset({"processing", "deleted"}),
        "queued": frozenset({"deleted"}),
        "processing": frozenset({"processing", "stored", "pending", "unspecified", "deleted"}),
        "deleted": frozenset({"deleted"}),
    },
    "aip_workflow": {
        "pending": frozenset({"in progress", "canceled"}),
        "in progress": frozenset({"done", "error", "canceled"}),
        "done": NOTHING,
        "error": NOTHING,
        "canceled": NOTHING,
    },
    "aip_task": {
        "pending": frozenset({"done"}),
        "in progress": frozenset({"done", "error"}),
        "done": NOTHING,
        "error": NOTHING,
    },
    "deletion_request": {
        "pending": frozenset({"approved", "rejected", "canceled"}),
        "approved": NOTHING,
        "rejected": NOTHING,
        "canceled": NOTHING,
    },
}
"""Which statuses may follow which, by the kind of the thing; a location has none."""

MAY_CHANGE: Final[Mapping[str, frozenset[str]]] = {
    "location": frozenset({"name", "description"}),
    "aip": frozenset({"status", "location_uuid", "deletion_report_key"}),
    "aip_workflow": frozenset({"status", "completed_at"}),
    "aip_task": frozenset({"status", "note", "completed_at"}),
    "deletion_request": frozenset({"status", "reviewer", "reviewed_at"}),
}
"""All else about a thing stays as it was created."""

MOVING: Final = ("move aip", "in progress")
WAITING: Final = ("delete aip", "pending")
DELETING: Final = ("delete aip", "in progress")

AT_WORK: Final[Mapping[str, frozenset[tuple[str, str] | None]]] = {
    "unspecified": frozenset({None}),
    "stored": frozenset({None}),
    "queued": frozenset({None}),
    "pending": frozenset({None, WAITING}),
    "processing": frozenset({None, MOVING, DELETING}),
    "deleted": frozenset({None, WAITING, DELETING}),
}
"""The open workflow of a package by its status.  One that was rejected while its deletion waited, or
whose report is being written, still has one; one whose move has not begun, none yet."""

ASKED: Final = "AIP deletion request"
TASKS: Final[Mapping[tuple[str, str], tuple[Mapping[str, str], ...]]] = {
    MOVING: (
        {"Copy AIP": "in progress"},
        {"Copy AIP": "done", "Delete AIP": "in progress"},
    ),
    ("move aip", "done"): ({"Copy AIP": "done", "Delete AIP": "done"},),
    ("move aip", "error"): ({"Copy AIP": "error"},),
    WAITING: ({ASKED: "pending"}, {ASKED: "done"}),
    DELETING: (
        {ASKED: "pending"},
        {ASKED: "done"},
        {ASKED: "done", "Delete AIP": "in progress"},
        {ASKED: "done", "Delete AIP": "done"},
    ),
    ("delete aip", "done"): ({ASKED: "done", "Delete AIP": "done"},),
    ("delete aip", "canceled"): ({ASKED: "done"},),
}
"""The tasks of a workflow.  No store fails here, so that no deletion does, and of the moves only
those of packages whose bytes are nowhere."""

REQUESTED: Final[Mapping[str, frozenset[str]]] = {
    "pending": frozenset({"pending"}),
    "approved": frozenset({"in progress", "done"}),
    "rejected": frozenset({"in progress", "canceled"}),
    "canceled": frozenset({"pending", "in progress", "canceled"}),
}
"""The status of the workflow of a deletion request by that of the request."""


@dataclass(frozen=True)
class Package:
    """A package at one moment, with all that belongs to it, each in the order of its creation."""

    aip: Item
    workflows: list[Item]
    tasks: list[Item]
    requests: list[Item]

    @property
    def status(self) -> str:
        status: str = self.aip["status"]
        return status

    @property
    def waiting(self) -> Item | None:
        """The request that nobody has decided yet."""
        waiting = [request for request in self.requests if request["status"] == "pending"]
        assert len(waiting) <= 1, "two open requests"
        return waiting[0] if waiting else None


def check_step(kind: str, before: Item | None, item: Item) -> None:
    """See that something may have come about as it is, or have become so."""
    done = item.get("status") in ("done", "error", "canceled", "approved", "rejected")
    if kind in ("aip_workflow", "aip_task"):
        assert ("completed_at" in item) == done, item
    if kind == "deletion_request":
        assert ("reviewer" in item) == ("reviewed_at" in item) == done, item
    if before is None:
        return
    changed = {name for name in before | item if before.get(name) != item.get(name)}
    assert changed <= MAY_CHANGE[kind], (before, item)
    if kind != "location":
        assert changed, f"nothing has changed: {item}"
        assert item["status"] in MAY_FOLLOW[kind][before["status"]], (before, item)
    if "location_uuid" in changed:
        assert before["status"] == item["status"] == "processing", (before, item)
    if "deletion_report_key" in changed:
        assert before["status"] == item["status"] == "deleted", (before, item)
        assert item["deletion_report_key"] == REPORT.format(item["uuid"])


def check_together(package: Package) -> None:
    """See that all that belongs to a package fits together, as it does between transactions."""
    open_ = [each for each in package.workflows if _stands(each) in (MOVING, WAITING, DELETING)]
    assert len(open_) <= 1, f"two at work on one package: {package}"
    work = _stands(open_[0]) if open_ else None
    assert work in AT_WORK[package.status], package
    # Whoever registered a package may have called it pending, too: nothing is at work there then.
    asked = package.status == "pending" and work is not None
    assert (package.waiting is not None) == asked, package
    for workflow in package.workflows:
        tasks = [each for each in package.tasks if each["workflow_uuid"] == workflow["uuid"]]
        statuses = {task["name"]: task["status"] for task in tasks}
        assert len(statuses) == len(tasks), package
        assert statuses in TASKS[_stands(workflow)], package
        deletes = workflow["type"] == "delete aip"
        requests = [
            each for each in package.requests if each.get("workflow_uuid") == workflow["uuid"]
        ]
        assert len(requests) == deletes, package
        for request in requests:
            assert workflow["status"] in REQUESTED[request["status"]], package
        if deletes and workflow["status"] == "done":
            assert package.status == "deleted", package


def _stands(workflow: Item) -> tuple[str, str]:
    return workflow["type"], workflow["status"]
