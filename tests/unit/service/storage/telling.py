"""What watchers are told about a package, and whether that is neither too little nor too much."""

from __future__ import annotations

import json
from uuid import UUID

from generated.storage.models import TaskStatus, WorkflowStatus
from runtime.events.event import StoredEvent
from tests.unit.service.storage.archive import Archive

ASKED = "An AIP deletion has been requested by archivist@test. Reason:\n\nduplicate\n\n"


async def told(archive: Archive, package: UUID) -> list[str]:
    """Tell what a watcher is told about a package and the work on it, each event in a line."""
    events = await _about(archive, package)
    return [_line(event.tag, json.loads(event.payload)["item"]) for event in events]


async def check_told_once(archive: Archive, package: UUID) -> None:
    """Nothing is told twice, and who keeps the last of each thing has what is in the database."""
    last: dict[str, object] = {}
    for event in await _about(archive, package):
        subject, item = str(event.subject), json.loads(event.payload)["item"]
        assert last.get(subject) != item, f"told twice: {event.tag}"
        assert ("created" in event.tag) is (subject not in last), event.tag
        last[subject] = item
    for work in await archive.works(package):
        shown = json.loads(work.to_json())
        tasks = shown.pop("tasks")
        assert last[str(work.uuid)] == shown
        assert [last[task["uuid"]] for task in tasks] == tasks
        if work.status in (WorkflowStatus.DONE, WorkflowStatus.ERROR, WorkflowStatus.CANCELED):
            assert work.completed_at is not None
            assert {task["status"] for task in tasks} <= {TaskStatus.DONE, TaskStatus.ERROR}
    row, item = await archive.row(package), last[str(package)]
    assert isinstance(item, dict)
    assert item["status"] == row.status
    assert item.get("location_uuid") == (row.location_uuid and str(row.location_uuid))
    assert item.get("deletion_report_key") == row.deletion_report_key


async def _about(archive: Archive, package: UUID) -> list[StoredEvent]:
    """Read the events of a package, and of the work on it, whose tasks name the work alone."""
    ours = [package, *(work.uuid for work in await archive.works(package))]
    events = await archive.domain.logged()
    return [event for event in events if any(str(each).encode() in event.payload for each in ours)]


def _line(tag: str, item: dict[str, str]) -> str:
    name = tag.removeprefix("aip_").removesuffix("_event")
    where = " on shelf" if "location_uuid" in item else ""
    report = " with a report" if "deletion_report_key" in item else ""
    note = item.get("note", "").replace(ASKED, "asked: ")
    return f"{name}: {item['status']}{where}{report}" + (f", {note}" if note else "")
