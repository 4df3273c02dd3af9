"""Which files there must be when all is done, past the service."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.integration.crowd.rows import Rows
from tests.integration.crowd.rules import Item


def found(folder: Path) -> set[Path]:
    """Find every file in the internal location and in the others."""
    places = (folder / "internal", folder / "locations")
    return {file for place in places for file in place.rglob("*") if file.is_file()}


def due(folder: Path, rows: Rows, whole: Iterable[str]) -> tuple[dict[str, Path], set[Path]]:
    """Tell where the bytes of each package lie that has any, and the reports on the others.

    ``whole`` are the packages that had bytes in the beginning, some of them not registered yet.
    """
    approved = {
        request["aip_uuid"]
        for request in rows["deletion_request"].values()
        if request["status"] == "approved"
    }
    packages = {
        uuid: _place(folder, rows, uuid, rows["aip"].get(uuid, {}))
        for uuid in whole
        if uuid not in approved
    }
    keys = (aip.get("deletion_report_key") for aip in rows["aip"].values())
    return packages, {folder / "internal" / key for key in keys if key is not None}


def _place(folder: Path, rows: Rows, uuid: str, aip: Item) -> Path:
    location = aip.get("location_uuid")
    if location is None:
        return folder / "internal" / "aips" / uuid
    name = rows["location"][location]["name"]
    [root] = (folder / "locations").glob(f"{name}-*")
    return root / uuid
