"""Work on packages that is killed at every point, one package after the other.

Each engine is tried at each point: what a killed process leaves behind differs.  SQLite's locks die with
it, while a server has yet to notice, and holds what it had locked until then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Protocol
from uuid import UUID

from tests.unit.service.storage.archive import Archive
from tests.unit.service.storage.killed_process import Work, lived
from tests.unit.service.storage.outcome import Outcome, outcome


class WorkOn(Protocol):
    """Makes the work on a package, to be done in a process of its own."""

    def __call__(self, *, package: UUID) -> Work: ...


async def killed_at_every_point(
    archive: Archive,
    work: WorkOn,
    identify: Callable[[UUID], str],
    *,
    make: Callable[[], Awaitable[UUID]] | None = None,
    first: int = 1,
) -> tuple[Outcome, int]:
    """Let a process be killed at each point in turn, and the next one go on.

    Returns what became of every package, and how many points there are.  The last package's process
    was not killed, so what became of it is what becomes of one that nothing happens to.
    """
    ends: dict[int, Outcome] = {}
    for at in count(first):
        uuid = await (make or archive.package)()
        alive = await lived(archive, work(package=uuid), at=at)
        if not alive:
            assert await lived(archive, work(package=uuid)), "killed without being asked to"
        ends[at] = await outcome(archive, uuid, identify(uuid))
        if alive:
            break
    for at, end in ends.items():
        assert end == ends[max(ends)], f"killed at point {at}"
    return ends[max(ends)], max(ends) - 1
