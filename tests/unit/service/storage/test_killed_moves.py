"""Moves that are killed at every point, enumerated: in processes of their own, and within this one.

Within one process more can be tried: killed twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

import pytest

from generated.storage.models import AIPStatus
from runtime.durable.engine import RunStatus
from service.storage.blobs.file import INCOMING, FileStore
from service.storage.moving import move_identifier
from tests.unit.service.storage.archive import CONTENT, Archive
from tests.unit.service.storage.dying import Death, Killed
from tests.unit.service.storage.every_point import killed_at_every_point
from tests.unit.service.storage.killed_process import Work, lived
from tests.unit.service.storage.outcome import Outcome, outcome

POINTS = 16
"""Where a move can be killed: two points about each of five commits and each of two activities, one
where each of these has made sure."""
CHUNKS = 4
"""Of the package and of two markers: where a process of its own can be killed as well."""
ASKED = 2


async def see_to_its_end(shelf: UUID, package: UUID, archive: Archive) -> None:
    """Ask for a move unless that is done, and see it to its end."""
    if await archive.now.status(move_identifier(package)) is RunStatus.NONE:
        await archive.begin_move(package, shelf)
    await archive.live()
    await archive.moved(package)


def check_moved(end: Outcome) -> None:
    assert (end.status, end.runs) == (AIPStatus.STORED, [RunStatus.COMPLETED])
    assert (end.on_shelf, end.bytes) == (True, ["shelf"])
    assert end.work == [("done", [("Copy AIP", "done"), ("Delete AIP", "done")])]


@pytest.mark.engines
async def test_a_move_whose_process_is_killed_anywhere_goes_on_in_the_next(
    archive: Archive,
) -> None:
    shelf = await archive.domain.add_location()

    def work(*, package: UUID) -> Work:
        return partial(see_to_its_end, shelf.uuid, package)

    make = partial(archive.package, AIPStatus.PENDING)
    end, points = await killed_at_every_point(archive, work, move_identifier, make=make)
    check_moved(end)
    assert points >= ASKED + POINTS + CHUNKS


async def see_all_to_their_end(packages: list[UUID], archive: Archive) -> None:
    await archive.live()
    for package in packages:
        await archive.moved(package)


@pytest.mark.engines
async def test_of_two_processes_at_once_one_performs_each_step(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    packages = [await archive.package() for _ in range(4)]
    for package in packages:
        await archive.begin_move(package, shelf.uuid)
    work = partial(see_all_to_their_end, packages)
    # Under a load a lease may be too short; too short a one is overtaken.
    both = [lived(archive, work, lease_seconds=0.3) for _ in range(2)]

    assert all(await asyncio.gather(*both))
    for package in packages:
        check_moved(await outcome(archive, package, move_identifier(package)))


async def test_a_move_has_as_many_points_to_be_killed_at_as_are_tried_here(
    archive: Archive,
) -> None:
    shelf = await archive.domain.add_location()
    death = Death()
    await archive.live(death)
    await archive.move(await archive.package(), shelf.uuid)

    assert death.points == POINTS


@pytest.mark.engines
@pytest.mark.parametrize("at", range(1, POINTS + 1))
async def test_a_move_killed_anywhere_and_killed_again_where_it_goes_on_does_so_once_more(
    archive: Archive, at: int
) -> None:
    shelf = await archive.domain.add_location()
    for again_at in (1, 2, 3):
        package = await archive.package(AIPStatus.PENDING)
        await archive.live(Death(at))
        await archive.move(package, shelf.uuid)
        for death in (Death(again_at), Death()):
            await archive.live(death)
            await archive.moved(package)
        check_moved(await outcome(archive, package, move_identifier(package)))


async def test_what_a_killed_copy_left_half_written_is_removed(archive: Archive) -> None:
    shelf = await archive.domain.add_location()
    package = await archive.package()
    incoming = archive.folder / "locations" / "shelf" / INCOMING
    await archive.begin_move(package, shelf.uuid)

    async def until_killed() -> AsyncIterator[bytes]:
        yield CONTENT
        (half,) = incoming.iterdir()
        half.rename(incoming / f"{half.name}-kept")
        raise Killed

    with pytest.raises(Killed):
        await FileStore(incoming.parent).write(str(package), until_killed())
    assert len(archive.half_written()) == 1
    await archive.live()
    await archive.moved(package)

    check_moved(await outcome(archive, package, move_identifier(package)))
