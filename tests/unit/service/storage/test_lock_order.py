"""Whoever changes a package and what belongs to it locks the package first, on every server."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from service.storage.deleting import delete_identifier
from tests.unit.service.storage.archive import Archive, away

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


def of_packages(locked: list[list[str]]) -> list[list[str]]:
    """The transactions that changed a package and something that belongs to it."""
    return [tables for tables in locked if "aip" in tables and len(set(tables)) > 1]


async def test_a_deletion_locks_the_package_first(
    archive: Archive, locked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    await archive.live()
    reviewed, automatic, canceled, stuck = [await archive.package() for _ in range(4)]
    await archive.ask(reviewed)
    await archive.review(reviewed)
    assert await archive.ended(reviewed) is RunStatus.COMPLETED
    assert await archive.delete(automatic) is RunStatus.COMPLETED
    await archive.ask(canceled)
    async with archive.domain.begin("delete_workflow") as transaction:
        await archive.now.cancel(transaction, delete_identifier(canceled))
    await archive.ended(canceled)
    monkeypatch.setattr(FileStore, "delete", away)
    assert await archive.delete(stuck) is RunStatus.FAILED
    assert len(of_packages(locked)) >= 8
    assert {tables[0] for tables in of_packages(locked)} == {"aip"}


async def test_a_move_locks_the_package_first(archive: Archive, locked: list[list[str]]) -> None:
    shelf = (await archive.domain.add_location()).uuid
    await archive.live()
    assert await archive.move(await archive.package(), shelf) is RunStatus.COMPLETED
    lost = await archive.package(content=None)
    assert await archive.move(lost, shelf) is RunStatus.FAILED
    await archive.close()
    assert len(of_packages(locked)) >= 3
    assert {tables[0] for tables in of_packages(locked)} == {"aip"}
