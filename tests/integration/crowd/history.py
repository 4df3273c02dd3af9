"""What a watcher learns, and whether it can have happened."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from tests.integration.crowd.rules import Item, Package, check_step, check_together
from tests.integration.dashboard import Frame

KINDS: Final = ("location", "aip", "aip_workflow", "aip_task", "deletion_request")


class Life:
    """One thing as it was told of: its states, the oldest first."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.items: list[Item] = []

    @property
    def now(self) -> Item | None:
        return self.items[-1] if self.items else None

    def at(self, position: int) -> Item | None:
        """Return it as it was at a position."""
        index = bisect_right(self.positions, position)
        return self.items[index - 1] if index else None

    def add(self, position: int, item: Item) -> None:
        self.positions.append(position)
        self.items.append(item)


class History:
    """Everything that was told, in its order; each step is held against what may follow."""

    def __init__(self) -> None:
        self.position = 0
        self.lives: Mapping[str, dict[str, Life]] = {kind: {} for kind in KINDS}
        self._package_of: dict[str, str] = {}
        self._belongings: defaultdict[str, dict[str, list[Life]]] = defaultdict(
            lambda: {kind: [] for kind in KINDS}
        )
        self._told_of: str | None = None

    def begin(self, position: int) -> None:
        """Begin after a position."""
        self.position = position

    def take(self, frame: Frame) -> None:
        """Take in what comes next: nothing is left out, and nothing comes twice."""
        if frame.tag == "storage_ping_event":
            assert frame.position == self.position
            return
        assert frame.position == self.position + 1
        kind, _, change = frame.tag.removesuffix("_event").rpartition("_")
        item = frame.item
        assert frame.value["uuid"] == item["uuid"]
        package = self._package(kind, item)
        if package != self._told_of:
            self.turn(package)
        self.position = frame.position
        life = self.lives[kind].get(item["uuid"])
        assert (life is None) == (change == "created"), frame.text
        check_step(kind, life.now if life else None, item)
        if life is None:
            life = self._born(kind, item["uuid"], package)
        life.add(self.position, item)
        if kind == "aip" and item["status"] in ("pending", "unspecified"):
            self._check_return(life)

    def turn(self, package: str | None = None) -> None:
        """See that the package told of so far fits together, and turn to another.

        What one transaction changes is told in one piece, and concerns one package.
        """
        if self._told_of is not None:
            told = self.package(self._told_of)
            assert told is not None
            check_together(told)
        self._told_of = package

    def _package(self, kind: str, item: Item) -> str | None:
        match kind:
            case "aip":
                package = item["uuid"]
            case "aip_workflow" | "deletion_request":
                package = item["aip_uuid"]
            case "aip_task":
                package = self._package_of[item["workflow_uuid"]]
            case _:
                return None
        assert self._package_of.setdefault(item["uuid"], package) == package
        return str(package)

    def _born(self, kind: str, uuid: str, package: str | None) -> Life:
        life = self.lives[kind][uuid] = Life()
        if package is not None:
            self._belongings[package][kind].append(life)
        return life

    def _check_return(self, life: Life) -> None:
        """See that a package that came back from a move that failed is what it was before."""
        if len(life.items) > 1 and life.items[-2]["status"] == "processing":
            before = (item for item in reversed(life.items[:-1]) if item["status"] != "processing")
            assert life.now == next(before), "a failed move changed it"

    def package(self, uuid: str, position: int | None = None) -> Package | None:
        """Return a package with all that belongs to it, as it is or as it was at a position."""
        if uuid not in self.lives["aip"]:
            return None
        at = self.position if position is None else position

        def those(kind: str) -> list[Item]:
            items = (life.at(at) for life in self._belongings[uuid][kind])
            return [item for item in items if item is not None]

        aip = self.lives["aip"][uuid].at(at)
        if aip is None:
            return None
        return Package(aip, those("aip_workflow"), those("aip_task"), those("deletion_request"))

    def moments(self, uuid: str, since: int, until: int) -> Iterator[Package | None]:
        """Go through what a package was from one position to another."""
        assert until <= self.position
        changes = {
            position
            for lives in self._belongings.get(uuid, {}).values()
            for life in lives
            for position in life.positions[bisect_right(life.positions, since) :]
        }
        for position in (since, *sorted(each for each in changes if each <= until)):
            yield self.package(uuid, position)

    def shown(self, kind: str, position: int | None = None) -> dict[str, Item]:
        """Return everything of a kind, as it is or as it was at a position."""
        at = self.position if position is None else position
        items = ((uuid, life.at(at)) for uuid, life in self.lives[kind].items())
        return {uuid: item for uuid, item in items if item is not None}
