"""The reports on deleted packages: written into the internal location, and found there again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.errors import InternalError, NotFound, NotValid, ReportNotFound
from generated.storage.models import AIPStatus
from runtime.database.engine import Database
from runtime.download import Download
from service.storage.aips import find_aip
from service.storage.blobs.blocking import blocking
from service.storage.blobs.locations import Stores, report_filename
from service.storage.blobs.store import Blob, BlobError, BlobNotFound
from service.storage.deletion import find_request
from service.storage.locations import find_location
from service.storage.reports.deletion_report import DeletionReport, Place
from service.storage.reports.typesetting import available
from service.storage.tasks import find_task

NOT_FOUND: Final = "deletion report not found"

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeletionReports:
    """Writes reports about what the database knows of a deletion."""

    database: Database
    stores: Stores

    @property
    def available(self) -> bool:
        """Whether reports can be written here: the typesetter is an extra."""
        return available()

    async def write(
        self,
        request_uuid: UUID,
        delete_task: UUID,
        confirm: Callable[[], Awaitable[None]],
        *,
        reviewed: bool,
    ) -> str:
        """Write the report on a package that was deleted on a request; return its key.

        It takes the place of what another attempt may have left, whole or in part.  ``confirm`` is
        awaited right before, and raises if it is too late for that.

        Raises:
            BlobError: It cannot be kept.
        """
        async with self.database.read() as session:
            report = await _report(session, request_uuid, delete_task, reviewed=reviewed)
        document = await blocking(report.pdf)
        blob = self.stores.report(report.aip_uuid)
        await confirm()
        # What a crash left half written takes room, and does no other harm.
        with suppress(BlobError):
            await blob.store.delete(blob.key)
        await blob.store.write(blob.key, _at_once(document), len(document))
        return blob.key

    async def find(self, aip_uuid: UUID) -> Blob:
        """Say where the report on a package is, which is there.

        Raises:
            ReportNotFound: There is no such package, or its report has gone.
            NotValid: It is not deleted, or nothing was written about it.
            InternalError: Nobody can tell.
        """
        async with self.database.read() as session:
            try:
                aip = await find_aip(session, aip_uuid)
            except NotFound as error:
                raise ReportNotFound(NOT_FOUND) from error
        if aip.status is not AIPStatus.DELETED or not aip.deletion_report_key:
            raise NotValid("deletion report is not available for download")
        blob = self.stores.kept_report(aip.deletion_report_key)
        with _reading():
            if not await blob.store.exists(blob.key):
                raise ReportNotFound(NOT_FOUND)
        return blob

    async def read(self, aip_uuid: UUID) -> Download:
        """Offer the report on a package as a file; it is small.

        Raises:
            As for :meth:`find`.
        """
        blob = await self.find(aip_uuid)
        with _reading():
            async with blob.store.open(blob.key) as opened:
                document = b"".join([chunk async for chunk in opened.chunks])
        return Download.of(document, report_filename(aip_uuid), "application/pdf")


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except BlobNotFound as error:
        raise ReportNotFound(NOT_FOUND) from error
    except BlobError as error:
        _log.exception("report.unreadable")
        raise InternalError("error reading deletion report") from error


async def _report(
    session: AsyncSession, request_uuid: UUID, delete_task: UUID, *, reviewed: bool
) -> DeletionReport:
    request = await find_request(session, request_uuid)
    aip = await find_aip(session, request.aip_uuid)
    deleted_at = (await find_task(session, delete_task)).completed_at
    assert request.reviewer is not None
    assert request.reviewed_at is not None
    assert deleted_at is not None
    place: Place | None = None
    if aip.location_uuid is not None:
        location = await find_location(session, aip.location_uuid)
        place = Place(uuid=location.uuid, name=location.name, source=location.source)
    return DeletionReport(
        aip_uuid=aip.uuid,
        aip_name=aip.name,
        status=aip.status,
        requester=request.requester,
        requested_at=request.requested_at,
        reason=request.reason,
        reviewed=reviewed,
        reviewer=request.reviewer,
        reviewed_at=request.reviewed_at,
        deleted_at=deleted_at,
        place=place,
        written_at=datetime.now(UTC),
    )


async def _at_once(document: bytes) -> AsyncIterator[bytes]:
    yield document
