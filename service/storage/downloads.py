"""Downloading a package: whether it can be, and its bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from generated.storage.errors import InternalError, NotFound, NotValid
from generated.storage.models import NotFound as NotFoundBody
from runtime.database.engine import Database
from runtime.download import Download
from service.storage.aips import find_aip
from service.storage.blobs.store import (
    Blob,
    BlobError,
    BlobNotFound,
    BlobStat,
    InvalidLocation,
    Part,
)
from service.storage.configurations import Configurations
from service.storage.locations import find_location
from service.storage.states import DOWNLOADABLE

MEDIA_TYPE: Final = "application/x-7z-compressed"
"""What a package is, whatever its store believes."""

LONGEST_NAME: Final = 150
"""How many characters of a package's name are in that of its file: some file systems take names
of no more than 255 bytes."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """A package that can be downloaded."""

    uuid: UUID
    name: str
    blob: Blob

    async def stat(self) -> BlobStat:
        try:
            return await self.blob.store.stat(self.blob.key)
        except BlobNotFound:
            raise _not_found(self.uuid) from None
        except BlobError as error:
            raise self.unreadable("error getting AIP attributes", error) from None

    def unreadable(self, message: str, error: BlobError) -> InternalError:
        _log.warning("download.failed", aip=str(self.uuid), reason=str(error))
        return InternalError(message)


async def check_download(database: Database, configurations: Configurations, uuid: UUID) -> None:
    """See whether a package can be downloaded.

    Raises:
        NotFound: There is no such package, or there are no bytes of it.
        NotValid: Its status forbids it.
        InternalError: Its location cannot be opened, or does not answer.
    """
    found = await _find(database, configurations, uuid)
    await found.stat()


async def download(database: Database, configurations: Configurations, uuid: UUID) -> Download:
    """Offer the bytes of a package.

    Raises:
        NotFound, NotValid, InternalError: As for :func:`check_download`.
    """
    found = await _find(database, configurations, uuid)
    stat = await found.stat()

    async def content(start: int, stop: int) -> AsyncGenerator[bytes, None]:
        part = Part(start, stop, stat.etag) if start < stop else None
        try:
            async with found.blob.store.open(found.blob.key, part) as blob:
                async for chunk in blob.chunks:
                    yield chunk
        except BlobError as error:
            raise found.unreadable("error reading AIP file", error) from None

    return Download(content, stat.size, file_name(found.name, uuid), MEDIA_TYPE, stat.etag)


def file_name(name: str, uuid: UUID) -> str:
    """Name the file of a package: its name up to the first dot, and its identifier."""
    base = name.rstrip("/").rsplit("/", 1)[-1]
    return f"{base.split('.', 1)[0][:LONGEST_NAME]}-{uuid}.7z"


async def _find(database: Database, configurations: Configurations, uuid: UUID) -> _Found:
    async with database.read() as session:
        row = await find_aip(session, uuid)
        if row.status not in DOWNLOADABLE:
            raise NotValid("AIP is not available for download")
        if row.location_uuid is None:
            config = None
        else:
            config = configurations.of(await find_location(session, row.location_uuid))
    try:
        blob = configurations.stores.package(uuid, config)
    except InvalidLocation as error:
        _log.warning("download.failed", aip=str(uuid), reason=str(error))
        raise InternalError("error opening AIP storage location") from None
    return _Found(uuid, row.name, blob)


def _not_found(uuid: UUID) -> NotFound:
    return NotFound(NotFoundBody(message="AIP not found", uuid=uuid))
