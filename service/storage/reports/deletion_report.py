"""The report on a deleted package: what was deleted, who asked for it and why, who approved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from generated.storage.models import LocationSource
from service.storage.reports.typesetting import Content, typeset
from service.version import VERSION

TEMPLATE: Final = Path(__file__).with_suffix(".typ")
SERVICE: Final = "Storage service"
SUMMARY: Final = (
    "The archival information package named below was deleted from storage. This report records"
    " what was deleted, who asked for it and why, and who approved it."
)
SYSTEMS: Final = {
    LocationSource.UNSPECIFIED: "Unspecified",
    LocationSource.S3: "S3 object storage",
    LocationSource.SFTP: "SFTP",
    LocationSource.AMSS: "Archivematica Storage Service",
    LocationSource.FILESYSTEM: "File system",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the package was; no place is the internal location."""

    uuid: UUID
    name: str
    source: LocationSource


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionReport:
    """Everything that the report says (contract, behaviour.md section 5).  Times are aware.

    ``reviewed`` is whether somebody decided; a deletion that nobody reviews has no reviewer.
    """

    aip_uuid: UUID
    aip_name: str
    status: str
    requester: str
    requested_at: datetime
    reason: str
    reviewed: bool
    reviewer: str
    reviewed_at: datetime
    deleted_at: datetime
    place: Place | None
    written_at: datetime

    def pdf(self) -> bytes:
        """Typeset the report; the same report is the same file.  Blocks."""
        return typeset(TEMPLATE, self._content(), at=self.written_at)

    def _content(self) -> dict[str, Content]:
        return {
            "service": SERVICE,
            "uuid": str(self.aip_uuid),
            "summary": SUMMARY,
            "sections": [
                _section(
                    "Package",
                    _fact("Name", self.aip_name),
                    _identifier("Identifier", self.aip_uuid),
                    _fact("Status", self.status.capitalize()),
                ),
                _section(
                    "Request",
                    _fact("Requested by", self.requester),
                    _fact("Requested", _time(self.requested_at)),
                    _fact("Reason", self.reason),
                ),
                self._review(),
                _section("Deletion", _fact("Deleted", _time(self.deleted_at)), *self._where()),
                _section(
                    "This report",
                    _fact("Written", _time(self.written_at)),
                    _fact("Written by", f"{SERVICE} {VERSION}"),
                ),
            ],
        }

    def _review(self) -> Content:
        approved = _fact("Approved", _time(self.reviewed_at))
        if not self.reviewed:
            return _section(
                "Review", _remark("Approved by", "The service itself, without a review"), approved
            )
        return _section("Review", _fact("Approved by", self.reviewer), approved)

    def _where(self) -> list[Content]:
        if self.place is None:
            return [
                _remark("Storage location", "The internal location"),
                _fact("Preservation system", "a3m"),
            ]
        made_by_archivematica = self.place.source is LocationSource.AMSS
        return [
            _fact("Storage location", self.place.name),
            _identifier("Location identifier", self.place.uuid),
            _fact("Storage system", SYSTEMS[self.place.source]),
            _fact("Preservation system", "Archivematica" if made_by_archivematica else "a3m"),
        ]


def _section(title: str, *facts: Content) -> Content:
    return {"title": title, "facts": facts}


def _fact(name: str, text: str) -> Content:
    return {"name": name, "text": text, "kind": "text"}


def _identifier(name: str, uuid: UUID) -> Content:
    return {"name": name, "text": str(uuid), "kind": "identifier"}


def _remark(name: str, text: str) -> Content:
    return {"name": name, "text": text, "kind": "remark"}


def _time(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment:%Y, %H:%M:%S} UTC"


MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
