"""Whoever changes a package and what belongs to it locks the package first, on every server."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from structlog.testing import capture_logs

from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from service.storage.deleting import delete_identifier
from tests.unit.service.conftest import Domain
from tests.unit.service.storage import archive as moves
from tests.unit.service.storage import test_delete_workflow as deletions

pytestmark = pytest.mark.engines("postgresql")

LOCKS = re.compile(
    r"(?:UPDATE|SELECT.*?FROM) (aip|workflow|task|deletion_request)\b(?:.*\bFOR |\s+SET )",
    re.DOTALL,
)


@pytest.fixture
def locked() -> Iterator[list[list[str]]]:
    """Which tables each transaction locked rows of, in the order in which it did."""
    under_way: dict[Connection, list[str]] = defaultdict(list)
    ended: list[list[str]] = []

    def executes(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        if found := LOCKS.match(statement):
            under_way[connection].append(found[1])

    def ends(connection: Connection) -> None:
        ended.append(under_way.pop(connection, []))

    listening: dict[str, Callable[..., None]] = {
        "before_cursor_execute": executes,
        "commit": ends,
        "rollback": ends,
    }
    for name, listener in listening.items():
        event.listen(Engine, name, listener)
    yield ended
    for name, listener in listening.items():
        event.remove(Engine, name, listener)


@pytest.fixture
async def deleting(domain: Domain, tmp_path: Path) -> AsyncIterator[deletions.Archive]:
    archive = deletions.Archive(domain, tmp_path)
    with capture_logs():
        await archive.live()
        yield archive
        await archive.close()


def of_packages(locked: list[list[str]]) -> list[list[str]]:
    """The transactions that changed a package and something that belongs to it."""
    return [tables for tables in locked if "aip" in tables and len(set(tables)) > 1]


async def test_a_deletion_locks_the_package_first(
    deleting: deletions.Archive, locked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed, automatic, canceled, stuck = [await deleting.package() for _ in range(4)]
    await deleting.ask(reviewed)
    await deleting.review(reviewed)
    assert await deleting.ended(reviewed) is RunStatus.COMPLETED
    assert await deleting.delete(automatic) is RunStatus.COMPLETED
    await deleting.ask(canceled)
    async with deleting.domain.begin("delete_workflow") as transaction:
        await deleting.now.cancel(transaction, delete_identifier(canceled))
    await deleting.ended(canceled)
    monkeypatch.setattr(FileStore, "delete", deletions.away)
    assert await deleting.delete(stuck) is RunStatus.FAILED
    assert len(of_packages(locked)) >= 8
    assert {tables[0] for tables in of_packages(locked)} == {"aip"}


async def test_a_move_locks_the_package_first(
    domain: Domain, tmp_path: Path, locked: list[list[str]]
) -> None:
    moving = moves.Archive(domain, tmp_path)
    shelf = (await domain.add_location()).uuid
    with capture_logs():
        engine = await moving.engine()
        assert await moving.move(engine, await moving.package(), shelf) is RunStatus.COMPLETED
        lost = await moving.package(content=None)
        assert await moving.move(engine, lost, shelf) is RunStatus.FAILED
        await moving.close()
    assert len(of_packages(locked)) >= 3
    assert {tables[0] for tables in of_packages(locked)} == {"aip"}
