"""Many people at work on the same packages: nothing is lost, and nothing happens that may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.conftest import errors
from tests.integration.crowd import PACKAGES, Crowd
from tests.integration.dashboard import Dashboard
from tests.integration.history import History
from tests.servers.storage_service import StorageServer

pytestmark = pytest.mark.engines

SEED = 1


@pytest.fixture
async def crowd(empty_database_url: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    """People with a service of their own."""
    with StorageServer(tmp_path / "data", SERVICE_DATABASE__URL=empty_database_url) as server:
        async with Dashboard(server) as dashboard:
            yield Crowd(server, dashboard, SEED, server.token("*"))
        assert errors(server.log()) == []


async def test_what_a_crowd_does_is_what_a_watcher_sees_and_what_the_rows_show(
    crowd: Crowd, pytestconfig: pytest.Config
) -> None:
    history = await crowd.work(pytestconfig.getoption("crowd_seconds"))

    done = crowd.answers
    assert history.moves_begun == done["move", 202] > 0
    assert len(history.at(history.position)) == done["create", 200] > 0
    for position, items in crowd.looks:
        assert_shown_at_some_moment(history, position, items)
    for uuid in PACKAGES:
        answer = await crowd.dashboard.ask("GET", f"/storage/aips/{uuid}/workflows")
        assert answer.json().get("workflows", []) == history.workflows_of(uuid)


def assert_shown_at_some_moment(
    history: History, position: int, items: list[dict[str, object]]
) -> None:
    """All packages as they were at one moment, which is no older than the answer says."""
    shown = {item["uuid"]: item for item in items}
    moments = range(position, history.position + 1)
    assert any(history.at(moment) == shown for moment in moments), (position, history.position)
