"""What a watcher learns of packages and their workflows, and whether it can have happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from tests.integration.dashboard import Frame

Item = dict[str, Any]

MAY_FOLLOW: Final[Mapping[str, frozenset[str]]] = {
    "unspecified": frozenset({"processing", "deleted"}),
    "stored": frozenset({"processing", "deleted"}),
    "pending": frozenset({"processing", "deleted"}),
    "queued": frozenset({"deleted"}),
    "processing": frozenset({"processing", "stored", "pending", "unspecified"}),
    "deleted": frozenset(),
}
"""Which statuses a package may have next (docs/states.md)."""
FINISHED: Final = frozenset({"done", "error", "canceled"})


class History:
    """Everything that was told, in its order; each step is held against what may follow."""

    def __init__(self) -> None:
        self.position = 0
        self.moves_begun = 0
        self._packages: dict[str, list[tuple[int, Item]]] = {}
        self._workflows: dict[str, Item] = {}
        self._tasks: dict[str, Item] = {}

    def begin(self, position: int) -> None:
        """Begin after a position."""
        self.position = position

    def take(self, frame: Frame) -> None:
        """Take in what comes next: nothing is left out, and nothing comes twice."""
        if frame.tag == "storage_ping_event":
            assert frame.position == self.position
            return
        assert frame.position == self.position + 1
        self.position = frame.position
        item = frame.value["item"]
        match frame.tag:
            case "aip_created_event":
                assert item["uuid"] not in self._packages
                self._packages[item["uuid"]] = [(self.position, item)]
            case "aip_updated_event":
                self._package(item)
            case "aip_workflow_created_event" | "aip_workflow_updated_event":
                self._workflow(item, new="created" in frame.tag)
            case "aip_task_created_event" | "aip_task_updated_event":
                self._task(item, new="created" in frame.tag)
            case _:
                raise AssertionError(f"{frame.tag} is nobody's work")

    def _package(self, item: Item) -> None:
        before = self._packages[item["uuid"]][-1][1]
        assert item["status"] in MAY_FOLLOW[before["status"]], (before, item)
        if item.get("location_uuid") != before.get("location_uuid"):
            assert before["status"] == item["status"] == "processing", (before, item)
        if before["status"] == "processing" and item["status"] not in ("processing", "stored"):
            assert item == self._at_rest(item["uuid"]), "a failed move changed it"
        changing = ("status", "location_uuid")
        assert _without(before, changing) == _without(item, changing)
        self.moves_begun += before["status"] != "processing" and item["status"] == "processing"
        self._packages[item["uuid"]].append((self.position, item))

    def _at_rest(self, uuid: str) -> Item:
        """Return a package as it was before it was last moved."""
        states = (item for _, item in reversed(self._packages[uuid]))
        return next(item for item in states if item["status"] != "processing")

    def _workflow(self, item: Item, *, new: bool) -> None:
        before = self._workflows.get(item["uuid"])
        assert (before is None) == new
        assert before is None or before["status"] not in FINISHED, (before, item)
        self._workflows[item["uuid"]] = item
        open_ = Counter(
            each["aip_uuid"] for each in self._workflows.values() if each["status"] not in FINISHED
        )
        assert open_[item["aip_uuid"]] <= 1, "two moves of one package at once"

    def _task(self, item: Item, *, new: bool) -> None:
        before = self._tasks.get(item["uuid"])
        assert (before is None) == new
        assert before is None or before["status"] not in FINISHED, (before, item)
        assert self._workflows[item["workflow_uuid"]]["status"] not in FINISHED
        self._tasks[item["uuid"]] = item

    def at(self, position: int) -> dict[str, Item]:
        """Return every package, as it was at a position."""
        return {
            uuid: [item for told, item in states if told <= position][-1]
            for uuid, states in self._packages.items()
            if states[0][0] <= position
        }

    def workflows_of(self, package: str) -> list[Item]:
        """Return the workflows of a package with their tasks, as the service lists them."""
        return [
            workflow
            | {"tasks": [task for task in self._tasks.values() if task["workflow_uuid"] == uuid]}
            for uuid, workflow in self._workflows.items()
            if workflow["aip_uuid"] == package
        ]


def _without(item: Item, names: tuple[str, ...]) -> Item:
    return {name: value for name, value in item.items() if name not in names}
