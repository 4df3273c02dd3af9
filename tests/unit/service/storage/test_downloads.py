"""A download that meets somebody else's work on the package."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from generated.storage.errors import InternalError, NotFound, NotValid
from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from service.storage.blobs.store import OpenBlob, Part
from service.storage.downloads import check_download, download
from tests.unit.service.storage.archive import CONTENT, Archive, put

Happening = Callable[[], Awaitable[None]]
Before = Callable[[Happening], None]


@pytest.fixture(params=["it is looked at", "it is opened"])
def before(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Before:
    """Has something happen right before the bytes of a package are first looked at, or opened."""
    stat, open_ = FileStore.stat, FileStore.open
    happenings: list[Happening] = []

    async def late_stat(store: FileStore, key: str) -> object:
        if happenings:
            await happenings.pop()()
        return await stat(store, key)

    @asynccontextmanager
    async def late_open(
        store: FileStore, key: str, part: Part | None = None
    ) -> AsyncIterator[OpenBlob]:
        if happenings:
            await happenings.pop()()
        async with open_(store, key, part) as blob:
            yield blob

    if request.param == "it is looked at":
        monkeypatch.setattr(FileStore, "stat", late_stat)
    else:
        monkeypatch.setattr(FileStore, "open", late_open)
    return happenings.append


async def downloaded(archive: Archive, package: UUID) -> bytes:
    offered = await download(archive.domain.database, archive.domain.configurations, package)
    assert offered.length == len(CONTENT)
    return b"".join([chunk async for chunk in offered.content(0, offered.length)])


async def moved_meanwhile(archive: Archive, before: Before) -> UUID:
    """A package that is moved to the shelf right before it is read."""
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.live()

    async def moved() -> None:
        assert await archive.move(package, shelf.uuid) is RunStatus.COMPLETED

    before(moved)
    return package


async def test_a_package_that_is_moved_meanwhile_comes_from_where_it_is_now(
    archive: Archive, before: Before
) -> None:
    package = await moved_meanwhile(archive, before)
    assert await downloaded(archive, package) == CONTENT
    assert archive.on("shelf", package).exists()


async def test_a_part_of_what_is_moved_meanwhile_is_the_part_that_was_asked_for(
    archive: Archive, before: Before
) -> None:
    package = await moved_meanwhile(archive, before)
    offered = await download(archive.domain.database, archive.domain.configurations, package)
    assert b"".join([chunk async for chunk in offered.content(7, 1007)]) == CONTENT[7:1007]


async def test_what_is_deleted_meanwhile_is_not_available(archive: Archive, before: Before) -> None:
    package = await archive.package()
    await archive.live()

    async def deleted() -> None:
        assert await archive.delete(package, skip_report=True) is RunStatus.COMPLETED

    before(deleted)
    with pytest.raises(NotValid, match="AIP is not available for download"):
        await downloaded(archive, package)


async def test_bytes_that_vanish_meanwhile_are_not_found(archive: Archive, before: Before) -> None:
    package = await archive.package()

    async def vanished() -> None:
        archive.inside(package).unlink()

    before(vanished)
    with pytest.raises(NotFound):
        await downloaded(archive, package)


@pytest.mark.parametrize("before", ["it is opened"], indirect=True)
async def test_bytes_that_somebody_replaces_meanwhile_are_not_taken_for_those_that_were_offered(
    archive: Archive, before: Before
) -> None:
    package = await archive.package()

    async def replaced() -> None:
        archive.inside(package).unlink()
        put(archive.inside(package), bytes(reversed(CONTENT)))

    before(replaced)
    with pytest.raises(InternalError, match="error reading AIP file"):
        await downloaded(archive, package)


async def test_a_ticket_is_given_for_what_is_moved_meanwhile(
    archive: Archive, before: Before
) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.live()

    async def moved() -> None:
        assert await archive.move(package, shelf.uuid) is RunStatus.COMPLETED

    before(moved)
    await check_download(archive.domain.database, archive.domain.configurations, package)
