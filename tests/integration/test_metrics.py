"""The numbers that a real service tells of itself."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.dashboard import Dashboard
from tests.integration.test_serving import run
from tests.servers.storage_service import StorageServer


async def scraped(server: StorageServer) -> dict[str, float]:
    """Every sample, by its name and the values of its labels."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(server.metrics_url, timeout=20)
    assert answer.status_code == 200
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_what_happens_is_counted(storage_server: StorageServer) -> None:
    before = await scraped(storage_server)
    async with Dashboard(storage_server) as dashboard, dashboard.watch("*") as watching:
        await watching.frame()
        for _ in range(3):
            await dashboard.create_aip()
        await watching.frames(3)
        await dashboard.ask("GET", "/storage/aips/none")
        await dashboard.ask("GET", "/nowhere")
        now = await scraped(storage_server)
    rose = {name: now[name] - before.get(name, 0) for name in now}
    for name, by in {
        "storage_request_duration_seconds_count create_aip 200": 3,
        "storage_request_duration_seconds_count show_aip 400": 1,
        "storage_request_duration_seconds_count none 404": 1,
        "storage_request_duration_seconds_count monitor 101": 1,
        "storage_events_committed_total": 3,
        "storage_monitor_delivered_total": 3,
        "storage_monitor_joined_total": 1,
        "storage_tickets_issued_total": 1,
        "storage_tickets_redeemed_total": 1,
    }.items():
        assert rose[name] == by, name
    for name, value in {
        "storage_monitor_watching": 1,
        "storage_monitor_groups": 1,
        "storage_monitor_position": 3,
        "storage_monitor_behind": 0,
        "storage_events_connected": 1,
        "storage_workflows_performing": 1,
    }.items():
        assert now[name] == value, name
    assert now["process_resident_memory_bytes"] > 0


async def test_they_are_not_where_requests_are(shared_server: StorageServer) -> None:
    assert shared_server.metrics_url.startswith("http://127.0.0.1:")
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{shared_server.url}/metrics")).status_code == 404


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(tmp_path / "data", "serve", SERVICE_METRICS__PORT=str(port))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"storage-service: SERVICE_METRICS__PORT: cannot listen on 127.0.0.1:{port}: Address"
        " already in use. Stop what is there, choose another port (0 is any that is free), or"
        " switch metrics off (SERVICE_METRICS__PORT=off)\n"
    )


def test_they_can_be_switched_off(tmp_path: Path) -> None:
    with StorageServer(tmp_path / "data", SERVICE_METRICS__PORT="off") as server:
        assert "metrics         off (SERVICE_METRICS__PORT)" in server.log()
