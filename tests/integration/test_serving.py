"""The command as an operator meets it: serving, refusing to, stopping."""

import os
import re
import signal
import socket
import stat
import subprocess
from pathlib import Path

import httpx2
import pytest

from generated.clients.python.storage import StorageClient
from generated.storage.events import AIPCreatedEvent, AIPUpdatedEvent, MonitorPingEvent
from generated.storage.models import CreateAIP
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer, command, environment

STOP_SECONDS = 2.0
"""It takes less than 1 s on a machine of its own; tests share theirs with each other."""

PACKAGE = CreateAIP.model_validate(
    {
        "uuid": "11111111-1111-4111-8111-111111111111",
        "name": "letters",
        "object_key": "33333333-3333-4333-8333-333333333333",
        "status": "stored",
    }
)


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        command(*arguments),
        env=environment(folder, **settings),
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_a_package_is_recorded_rejected_and_watched_over_real_sockets(
    storage_server: StorageServer,
) -> None:
    async with (
        StorageClient(storage_server.url, token=storage_server.token("*")) as client,
        client.monitor() as events,
    ):
        assert await anext(events) == MonitorPingEvent(message="Hello")
        created = await client.create_aip(PACKAGE)
        await client.reject_aip(uuid=PACKAGE.uuid)
        assert await anext(events) == AIPCreatedEvent(uuid=created.uuid, item=created)
        rejected = await client.show_aip(uuid=PACKAGE.uuid)
        assert await anext(events) == AIPUpdatedEvent(uuid=created.uuid, item=rejected)
    assert storage_server.stop() < STOP_SECONDS


async def test_what_was_recorded_survives_a_kill(storage_server: StorageServer) -> None:
    async with StorageClient(storage_server.url, token=storage_server.token("*")) as client:
        created = await client.create_aip(PACKAGE)
    storage_server.kill()
    storage_server.start()
    async with StorageClient(storage_server.url, token=storage_server.token("*")) as client:
        assert await client.show_aip(uuid=PACKAGE.uuid) == created


def test_a_second_server_on_the_same_data_is_refused(storage_server: StorageServer) -> None:
    second = run(storage_server.folder, "serve")
    assert second.returncode == 1
    assert f"process {storage_server.pid} serves this database already" in second.stderr
    assert "SERVICE_EVENTS__URL" in second.stderr


def test_two_servers_share_a_database_when_redis_connects_them(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    settings = {"SERVICE_EVENTS__URL": redis_server.url}
    with (
        StorageServer(tmp_path / "data", **settings) as first,
        StorageServer(
            tmp_path / "second", SERVICE_DATABASE__URL=shared(first), **settings
        ) as second,
    ):
        # The data folder of the first holds the key of tokens; the second makes its own.
        headers = {"authorization": f"Bearer {first.token('*')}"}
        body = PACKAGE.model_dump(mode="json", exclude_none=True)
        assert httpx2.post(f"{first.url}/storage/aips", headers=headers, json=body).is_success
        headers = {"authorization": f"Bearer {second.token('*')}"}
        found = httpx2.get(f"{second.url}/storage/aips/{PACKAGE.uuid}", headers=headers)
        assert found.json()["name"] == "letters"
        assert "workflows.performed_here" in first.log()
        assert "workflows.performed_here" not in second.log()


def shared(server: StorageServer) -> str:
    return f"sqlite+aiosqlite:///{server.folder / 'storage.db'}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_well(
    storage_server: StorageServer, number: signal.Signals
) -> None:
    os.kill(storage_server.pid, number)
    assert storage_server.stop() < STOP_SECONDS


def test_it_says_how_to_use_it_and_tells_no_secret(storage_server: StorageServer) -> None:
    assert re.search(r"listening on +http://127\.0\.0\.1:\d+", storage_server.log())
    assert f"{storage_server.url}/docs" in storage_server.log()
    assert "make -s token" in storage_server.log()

    token = storage_server.token("*")
    headers = {"authorization": f"Bearer {token}"}
    ticket = httpx2.post(f"{storage_server.url}/storage/monitor", headers=headers)
    value = ticket.headers["set-cookie"].split(";")[0].partition("=")[2]
    httpx2.get(f"{storage_server.url}/storage/aips?query={token}", headers=headers)
    storage_server.stop()  # A request is logged behind its answer; what is logged is whole now.
    assert '"path": "/storage/aips"' in storage_server.log()
    assert token not in storage_server.log()
    assert value not in storage_server.log()

    for key in ("tokens.key", "storage.key"):
        assert stat.S_IMODE((storage_server.folder / key).stat().st_mode) == 0o600


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(tmp_path / "data", "serve", SERVICE_HTTP__PORT=str(port))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        f"storage-service: SERVICE_HTTP__PORT: cannot listen on 127.0.0.1:{port}: Address already"
        " in use. Stop what is there, or choose another port\n"
    )


def test_access_control_switched_off_lets_everybody_in_and_issues_no_cookie(
    tmp_path: Path,
) -> None:
    with StorageServer(tmp_path / "data", SERVICE_AUTH__MODE="off") as server:
        assert httpx2.get(f"{server.url}/storage/aips").is_success
        ticket = httpx2.post(f"{server.url}/storage/monitor")
        assert ticket.is_success
        assert "set-cookie" not in ticket.headers
        assert "everybody may do everything" in server.log()
        foreign = {"origin": "https://elsewhere.example"}
        assert httpx2.post(f"{server.url}/storage/locations", headers=foreign).status_code == 403


def test_events_are_printed_one_line_each(storage_server: StorageServer) -> None:
    port = storage_server.url.rpartition(":")[2]
    watching = subprocess.Popen(
        command("watch", "--attributes", "storage:aips:list"),
        env=environment(storage_server.folder, SERVICE_HTTP__PORT=port),
        cwd=storage_server.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert watching.stdout is not None
        assert watching.stdout.readline().endswith("connected\n")
        headers = {"authorization": f"Bearer {storage_server.token('*')}"}
        body = PACKAGE.model_dump(mode="json", exclude_none=True)
        httpx2.post(f"{storage_server.url}/storage/aips", headers=headers, json=body)
        line = watching.stdout.readline()
        assert "aip_created_event" in line
        assert "AIP 'letters' 11111111-1111-4111-8111-111111111111 is stored" in line
    finally:
        watching.send_signal(signal.SIGINT)
        said, _ = watching.communicate(timeout=60)
    assert "Traceback" not in said
