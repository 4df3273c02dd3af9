"""Downloading a package: whether it can be, and its bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
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
    BlobChanged,
    BlobError,
    BlobNotFound,
    BlobStat,
    InvalidLocation,
    OpenBlob,
    Part,
)
from service.storage.configurations import Configurations
from service.storage.locations import find_location
from service.storage.states import DOWNLOADABLE, REFUSALS, Action

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
    location: UUID | None
    blob: Blob

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
    await _Finder(database, configurations).look(uuid)


async def download(database: Database, configurations: Configurations, uuid: UUID) -> Download:
    """Offer the bytes of a package.

    Raises:
        NotFound, NotValid, InternalError: As for :func:`check_download`.
    """
    finder = _Finder(database, configurations)
    found, stat = await finder.look(uuid)

    async def content(start: int, stop: int) -> AsyncGenerator[bytes, None]:
        try:
            async with AsyncExitStack() as stack:
                blob = await finder.open(stack, found, stat, start, stop)
                async for chunk in blob.chunks:
                    yield chunk
        except BlobError as error:
            raise found.unreadable("error reading AIP file", error) from None

    return Download(content, stat.size, file_name(found.name, uuid), MEDIA_TYPE, stat.etag)


def file_name(name: str, uuid: UUID) -> str:
    """Name the file of a package: its name up to the first dot, and its identifier."""
    base = name.rstrip("/").rsplit("/", 1)[-1]
    return f"{base.split('.', 1)[0][:LONGEST_NAME]}-{uuid}.7z"


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds packages, and finds them again when a move has taken the bytes elsewhere meanwhile."""

    database: Database
    configurations: Configurations

    async def look(self, uuid: UUID) -> tuple[_Found, BlobStat]:
        return await self._look_at(await self._find(uuid))

    async def open(
        self, stack: AsyncExitStack, found: _Found, stat: BlobStat, start: int, stop: int
    ) -> OpenBlob:
        """Open a part of a package: of what was looked at, or of the copy that a move made of it."""
        here, there = found, stat
        while True:
            part = Part(start, stop, there.etag) if start < stop else None
            opening = here.blob.store.open(here.blob.key, part)
            try:
                return await stack.enter_async_context(opening)
            except BlobNotFound:
                here, there = await self._look_at(await self._follow(here))
                if there.size != stat.size:
                    raise BlobChanged(here.blob.key) from None

    async def _look_at(self, found: _Found) -> tuple[_Found, BlobStat]:
        while True:
            try:
                return found, await found.blob.store.stat(found.blob.key)
            except BlobNotFound:
                found = await self._follow(found)
            except BlobError as error:
                raise found.unreadable("error getting AIP attributes", error) from None

    async def _follow(self, before: _Found) -> _Found:
        """Find a package again whose bytes are not where they were said to be.

        Raises:
            NotFound: They still are said to be there.
            NotValid: By now its status forbids a download.
        """
        found = await self._find(before.uuid)
        if found.location == before.location:
            raise _not_found(before.uuid)
        return found

    async def _find(self, uuid: UUID) -> _Found:
        async with self.database.read() as session:
            row = await find_aip(session, uuid)
            if row.status not in DOWNLOADABLE:
                raise NotValid(REFUSALS[Action.DOWNLOAD])
            if row.location_uuid is None:
                config = None
            else:
                location = await find_location(session, row.location_uuid)
                config = self.configurations.of(location)
        try:
            blob = self.configurations.stores.package(uuid, config)
        except InvalidLocation as error:
            _log.warning("download.failed", aip=str(uuid), reason=str(error))
            raise InternalError("error opening AIP storage location") from None
        return _Found(uuid, row.name, row.location_uuid, blob)


def _not_found(uuid: UUID) -> NotFound:
    return NotFound(NotFoundBody(message="AIP not found", uuid=uuid))
