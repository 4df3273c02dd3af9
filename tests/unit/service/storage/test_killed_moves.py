"""Moves that are killed at every point, enumerated: in processes of their own, and within this one.

Within one process more can be tried: killed twice, killed while it is undone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count

import pytest

from generated.storage.models import AIPStatus
from service.storage.blobs.file import INCOMING, FileStore
from service.storage.moving import move_identifier
from tests.unit.service.storage.archive import (
    CONTENT,
    POINTS,
    UNDO_POINTS,
    Archive,
    check_moved,
    check_returned,
    delete_only_on_shelves,
)
from tests.unit.service.storage.dying import Death, Killed
from tests.unit.service.storage.killed_process import NEVER, Life

STRIDE = {"sqlite": 1, "postgresql": 4, "mariadb": 4}
"""Every point on the engine that makes nobody wait; a server only has to agree."""


@pytest.mark.engines
async def test_a_move_whose_process_is_killed_anywhere_goes_on_in_the_next(
    archive: Archive, database_engine: str
) -> None:
    shelf = await archive.domain.add_location()
    for at in count(1, STRIDE[database_engine]):
        package = await archive.package(AIPStatus.PENDING)
        await archive.begin(archive.idle_engine(), package, shelf.uuid)
        if await lived(archive, move_identifier(package), at=at):
            break
        assert (await archive.row(package)).status is AIPStatus.PROCESSING
        assert await lived(archive, move_identifier(package))
        await check_moved(archive, package, shelf.uuid)
    assert at > POINTS


async def lived(archive: Archive, *identifiers: str, at: int = NEVER) -> bool:
    """Perform moves in a process of its own; ``False`` if it was killed."""
    url = archive.domain.database.url
    return await asyncio.to_thread(Life(url, archive.folder, list(identifiers), at).end)


@pytest.mark.engines
async def test_of_two_processes_at_once_one_performs_each_step(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    packages = [await archive.package() for _ in range(4)]
    for package in packages:
        await archive.begin(archive.idle_engine(), package, shelf.uuid)
    identifiers = [move_identifier(package) for package in packages]
    both = await asyncio.gather(lived(archive, *identifiers), lived(archive, *identifiers))

    assert all(both)
    for package in packages:
        await check_moved(archive, package, shelf.uuid)
    events = await archive.domain.logged()
    seen = [(event.subject, event.tag, json.loads(event.payload)["item"]) for event in events]
    assert all(seen.count(each) == 1 for each in seen)


async def test_a_move_has_as_many_points_to_be_killed_at_as_are_tried_here(
    archive: Archive,
) -> None:
    shelf = await archive.domain.add_location()
    death = Death(at=0)
    engine = await archive.engine(death.in_perform(archive.workflow))
    await archive.move(engine, await archive.package(), shelf.uuid)

    assert death.points == POINTS


@pytest.mark.parametrize("at", range(1, POINTS + 1))
async def test_a_move_killed_anywhere_and_killed_again_where_it_goes_on_does_so_once_more(
    archive: Archive, at: int
) -> None:
    shelf = await archive.domain.add_location()
    for again_at in (1, 2, 3):
        package = await archive.package(AIPStatus.PENDING)
        await archive.killed(package, shelf.uuid, at)
        await archive.live(package, Death(again_at).in_perform(archive.workflow))
        await archive.live(package, archive.workflow)
        await check_moved(archive, package, shelf.uuid)


async def test_a_move_whose_undoing_is_killed_anywhere_brings_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await archive.domain.add_location()
    monkeypatch.setattr(FileStore, "delete", delete_only_on_shelves)
    for at in count(1):
        package = await archive.package(AIPStatus.PENDING)
        death = Death(at)
        engine = await archive.engine(death.in_undo(archive.workflow))
        await archive.begin(engine, package, shelf.uuid)
        await archive.ended_or_killed(engine, package)
        await archive.live(package, archive.workflow)
        await check_returned(archive, package)
        if death.points < at:
            assert at == UNDO_POINTS + 1
            break


async def test_what_a_killed_copy_left_half_written_is_removed(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    await archive.killed(package, shelf.uuid, at=4)
    incoming = archive.folder / "locations" / "shelf" / INCOMING
    store = FileStore(archive.folder / "locations" / "shelf")

    async def until_killed() -> AsyncIterator[bytes]:
        yield CONTENT
        (half,) = incoming.iterdir()
        half.rename(incoming / f"{half.name}-kept")
        raise Killed

    with pytest.raises(Killed):
        await store.write(str(package), until_killed())
    assert len(list(incoming.iterdir())) == 1
    await archive.live(package, archive.workflow)

    assert list(incoming.iterdir()) == []
    await check_moved(archive, package, shelf.uuid)
