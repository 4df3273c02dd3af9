"""All that can be seen of a package when the work on it has come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generated.storage.models import AIPStatus
from runtime.durable.engine import RunStatus
from tests.unit.service.storage.archive import CONTENT, Archive, content
from tests.unit.service.storage.reports.pdf_text import text_of
from tests.unit.service.storage.telling import check_told_once, told


@dataclass(frozen=True)
class Outcome:
    """What became of a package, without the names and moments that differ from one to another."""

    status: AIPStatus
    runs: list[RunStatus]
    on_shelf: bool
    bytes: list[str]
    report: bool
    requests: list[str]
    work: list[Any]
    told: list[str]


async def outcome(archive: Archive, package: UUID, *identifiers: str) -> Outcome:
    """See what became of a package, and that nothing of it contradicts the rest."""
    await check_told_once(archive, package)
    assert archive.half_written() == []
    row = await archive.row(package)
    return Outcome(
        status=row.status,
        runs=[await archive.now.status(identifier) for identifier in identifiers],
        on_shelf=row.location_uuid is not None,
        bytes=_places(archive, package),
        report=_reported(archive, package, row.deletion_report_key),
        requests=await archive.requests(package),
        work=[
            (work.status, [(task.name, task.status) for task in work.tasks or []])
            for work in await archive.works(package)
        ],
        told=[line.replace(str(package), "…") for line in await told(archive, package)],
    )


def _places(archive: Archive, package: UUID) -> list[str]:
    """Name where the whole package lies; a part of it lies nowhere."""
    places = {"inside": archive.inside(package), "shelf": archive.on("shelf", package)}
    found = {place: content(path) for place, path in places.items() if path.exists()}
    assert all(each == CONTENT for each in found.values())
    return list(found)


def _reported(archive: Archive, package: UUID, key: str | None) -> bool:
    """Tell whether there is a report, which is one and a whole one."""
    if key is None:
        assert not archive.report(package).exists()
        return False
    assert key == f"reports/{archive.report(package).name}"
    assert str(package) in text_of(archive.report(package).read_bytes())
    return True
