"""Many people at work on the same packages: nothing is lost, and nothing happens that may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.database.engine import Database
from tests.integration.conftest import errors
from tests.integration.crowd import files, rows
from tests.integration.crowd.answers import check_accounts, check_answers
from tests.integration.crowd.crowd import Crowd
from tests.integration.crowd.history import History
from tests.integration.crowd.place import content
from tests.integration.crowd.rows import Rows
from tests.integration.dashboard import Dashboard
from tests.servers.storage_service import StorageServer

pytestmark = pytest.mark.engines

SEED = 1


@pytest.fixture
async def crowd(empty_database_url: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    """People with a service of their own."""
    with StorageServer(tmp_path / "data", SERVICE_DATABASE__URL=empty_database_url) as server:
        database = await Database.open(empty_database_url)
        try:
            async with Dashboard(server) as dashboard:
                yield Crowd(server, dashboard, database, SEED)
        finally:
            await database.close()
        assert errors(server.log()) == []


async def test_what_a_crowd_does_is_what_a_watcher_sees_and_what_the_rows_show(
    crowd: Crowd, pytestconfig: pytest.Config
) -> None:
    await crowd.work(pytestconfig.getoption("crowd_seconds"))
    print(f"\n{crowd}")

    history, answers = crowd.place.history, crowd.place.answers
    found = await rows.read(crowd.database)
    for kind, shown in found.items():
        assert history.shown(kind) == shown
    check_answers(answers, history)
    check_accounts(answers, history)
    for since, until, items in crowd.looks:
        assert_shown_at_some_moment(history, since, until, items)
    assert_bytes_are_where_they_belong(crowd, found)
    assert crowd.place.untried == set()


def assert_shown_at_some_moment(
    history: History, since: int, until: int, items: list[dict[str, object]]
) -> None:
    """All packages as they were at one moment while they were listed."""
    shown = {item["uuid"]: item for item in items}
    assert any(history.shown("aip", moment) == shown for moment in range(since, until + 1))


def assert_bytes_are_where_they_belong(crowd: Crowd, rows: Rows) -> None:
    """What was deleted is gone, all else is whole where its row says, and there is nothing else."""
    folder = crowd.server.folder
    packages, reports = files.due(folder, rows, crowd.place.whole)
    assert files.found(folder) == {*packages.values(), *reports}
    for uuid, file in packages.items():
        assert file.read_bytes() == content(uuid)
    assert all(report.read_bytes().startswith(b"%PDF") for report in reports)
