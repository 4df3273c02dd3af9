"""Which process performs workflows: the one that holds the lock, then the next."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from generated.storage.events import StorageEvent
from runtime.durable.embedded import EmbeddedEngine
from service import performer
from service.lock import FileLock
from service.performer import WorkflowPerformer
from tests.unit.service.conftest import Domain


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performer, "TRY_SECONDS", 0.01)


def a_performer(domain: Domain, file: Path) -> tuple[WorkflowPerformer, FileLock]:
    engine: EmbeddedEngine[StorageEvent] = EmbeddedEngine(domain.database, domain.transactions, [])
    lock = FileLock(file)
    return WorkflowPerformer(engine, lock), lock


async def test_the_second_performer_takes_over_when_the_first_is_gone(
    domain: Domain, tmp_path: Path
) -> None:
    first, _ = a_performer(domain, tmp_path / "lock")
    second, lock = a_performer(domain, tmp_path / "lock")
    await first.open()
    await second.open()
    assert [first.performing, second.performing] == [True, False]
    await first.close()
    for _ in range(500):
        if second.performing:
            break
        await asyncio.sleep(0.01)
    assert second.performing
    await second.close()
    assert await lock.acquire()
    await lock.release()


async def test_a_performer_that_never_had_its_turn_closes(domain: Domain, tmp_path: Path) -> None:
    first, _ = a_performer(domain, tmp_path / "lock")
    second, _ = a_performer(domain, tmp_path / "lock")
    await first.open()
    await second.open()
    await second.close()
    assert first.performing
    await first.close()
