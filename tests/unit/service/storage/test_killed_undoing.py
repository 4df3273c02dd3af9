"""Moves that fail or are canceled, and whose process is killed at every point of their undoing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest

from generated.storage.models import AIPStatus
from runtime.auth.claims import Caller
from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from service.storage.moving import move_identifier
from tests.unit.service.conftest import ARCHIVIST
from tests.unit.service.storage.archive import (
    DELETE,
    Archive,
    away,
    delete_only_on_shelves,
)
from tests.unit.service.storage.every_point import killed_at_every_point
from tests.unit.service.storage.killed_process import Work

COPIED = 15
"""The points of a move until its package is known to lie at the target."""
FAILED = 12
"""Those of the deletion of a source that is tried twice in vain, until that is recorded."""

Trouble = Callable[[Archive, UUID, pytest.MonkeyPatch], Awaitable[None]]


async def stuck(_archive: Archive, _package: UUID, patch: pytest.MonkeyPatch) -> None:
    """The source cannot be deleted."""
    patch.setattr(FileStore, "delete", delete_only_on_shelves)


async def gone(_archive: Archive, _package: UUID, patch: pytest.MonkeyPatch) -> None:
    """The store says that the source cannot be deleted, and deletes it all the same."""

    async def deleted_but(store: FileStore, key: str) -> None:
        await DELETE(store, key)
        if key.startswith("aips/"):
            await away(store, key)

    patch.setattr(FileStore, "delete", deleted_but)


async def out_of_sight(archive: Archive, package: UUID, patch: pytest.MonkeyPatch) -> None:
    """The source cannot be deleted, and nobody can tell whether it was."""
    exists = FileStore.exists

    async def away_if_copied(store: FileStore, key: str) -> bool:
        if key.startswith("aips/") and archive.on("shelf", package).exists():
            await away(store, key)
        return await exists(store, key)

    patch.setattr(FileStore, "delete", delete_only_on_shelves)
    patch.setattr(FileStore, "exists", away_if_copied)


async def missing(archive: Archive, package: UUID, _patch: pytest.MonkeyPatch) -> None:
    """There is no source."""
    archive.inside(package).unlink(missing_ok=True)


async def canceled(archive: Archive, package: UUID, _patch: pytest.MonkeyPatch) -> None:
    """Somebody does not want the move any more."""
    if await archive.now.status(move_identifier(package)) is RunStatus.RUNNING:
        async with archive.transactions.begin(Caller(ARCHIVIST, "move_workflow")) as transaction:
            await archive.now.cancel(transaction, move_identifier(package))


async def see_to_its_end(shelf: UUID, trouble: Trouble, package: UUID, archive: Archive) -> None:
    """Ask for a move unless that is done, and see to its end what cannot end well."""
    if await archive.now.status(move_identifier(package)) is RunStatus.NONE:
        await archive.begin_move(package, shelf)
    with pytest.MonkeyPatch.context() as patch:
        await trouble(archive, package, patch)
        await archive.live()
        await archive.moved(package)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Where to begin, how many points there are, and what comes of it."""

    trouble: Trouble
    first: int
    points: int
    run: RunStatus = RunStatus.FAILED
    status: AIPStatus = AIPStatus.PENDING
    on_shelf: bool = False
    bytes: tuple[str, ...] = ("inside",)
    copied: bool = True


CASES = [
    Case(trouble=stuck, first=COPIED + 1, points=COPIED + FAILED + 14),
    Case(
        trouble=gone,
        first=COPIED + FAILED + 1,
        points=COPIED + FAILED + 6,
        run=RunStatus.COMPLETED,
        status=AIPStatus.STORED,
        on_shelf=True,
        bytes=("shelf",),
    ),
    Case(
        trouble=out_of_sight,
        first=COPIED + FAILED + 1,
        points=COPIED + FAILED + 10,
        on_shelf=True,
        bytes=("inside", "shelf"),
    ),
    Case(trouble=missing, first=17, points=25, bytes=(), copied=False),
    Case(trouble=canceled, first=3, points=14, run=RunStatus.CANCELED, copied=False),
]


@pytest.mark.engines
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.trouble.__name__)
async def test_a_move_whose_undoing_is_killed_anywhere_ends_as_if_nothing_had_happened_to_it(
    archive: Archive, case: Case
) -> None:
    shelf = await archive.domain.add_location()

    def work(*, package: UUID) -> Work:
        return partial(see_to_its_end, shelf.uuid, case.trouble, package)

    make = partial(archive.package, AIPStatus.PENDING)
    end, points = await killed_at_every_point(
        archive, work, move_identifier, make=make, first=case.first
    )
    assert (end.status, end.runs) == (case.status, [case.run])
    assert (end.on_shelf, end.bytes) == (case.on_shelf, list(case.bytes))
    assert points >= case.points
