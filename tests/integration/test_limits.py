"""Limits of watching, reached through real sockets at the real service."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import httpx2

from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.servers.storage_service import StorageServer

PATH = "/storage/monitor"


def bearer(server: StorageServer, subject: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token('*', subject=subject)}"}


async def test_too_many_watchers_of_one_subject_are_told_so_where_they_ask_for_a_ticket(
    tmp_path: Path,
) -> None:
    limits = {"SERVICE_MONITOR__WATCHERS": "4", "SERVICE_MONITOR__WATCHERS_PER_SUBJECT": "3"}
    with StorageServer(tmp_path, **limits) as server:
        async with Dashboard(server) as dashboard, AsyncExitStack() as stack:
            for _ in range(3):
                await (await stack.enter_async_context(dashboard.watch("*"))).frame()
            refused = await dashboard.ask("POST", PATH)
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "10"
            assert refused.headers["goa-error"] == "unavailable"
            assert refused.json()["name"] == "unavailable"
            assert "set-cookie" not in refused.headers

            async with httpx2.AsyncClient(base_url=server.url) as http:
                by_token = await http.get(PATH, headers=bearer(server, "tester"))
                assert (by_token.status_code, by_token.headers["retry-after"]) == (503, "10")
                other = await http.post(PATH, headers=bearer(server, "somebody else"))
                assert other.status_code == 200
                # That ticket is the fourth place of all.
                third = await http.post(PATH, headers=bearer(server, "a third"))
                assert third.status_code == 503
                assert "too many are watching" in third.json()["message"]
        assert errors(server.log()) == []


async def test_without_access_control_only_the_limit_in_all_applies(tmp_path: Path) -> None:
    limits = {"SERVICE_MONITOR__WATCHERS": "2", "SERVICE_MONITOR__WATCHERS_PER_SUBJECT": "1"}
    with StorageServer(tmp_path, SERVICE_AUTH__MODE="off", **limits) as server:
        async with Dashboard(server) as dashboard, AsyncExitStack() as stack:
            for _ in range(2):
                assert (await dashboard.ask("POST", PATH)).status_code == 200
                await stack.enter_async_context(dashboard.open(None))
            assert (await dashboard.ask("POST", PATH)).status_code == 503


async def test_a_limit_of_events_leaves_out_old_news_and_nothing_else(tmp_path: Path) -> None:
    count = 40
    with StorageServer(tmp_path, SERVICE_MONITOR__EVENTS_PER_SECOND="4") as server:
        async with Dashboard(server) as dashboard, dashboard.watch("*") as watching:
            uuid = await dashboard.create_location()
            path = f"/storage/locations/{uuid}"
            for number in range(count):
                answer = await dashboard.ask("PATCH", path, {"name": f"shelf {number}"})
                assert answer.status_code == 200, answer.text
            frames = await watching.until("location_updated_event", name=f"shelf {count - 1}")
        assert [frame.tag for frame in frames][:2] == [
            "storage_ping_event",
            "location_created_event",
        ]
        assert frames[-1].position == count + 1
        assert len(frames) < count
        positions = [frame.position for frame in frames]
        assert positions == sorted(positions)
        assert errors(server.log()) == []
