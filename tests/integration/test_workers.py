"""Processes that perform workflows and serve nobody, and take each other's place."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.engine import make_url

from generated.storage.models import MoveAIP
from generated.storage.publisher import PUBLISHER
from runtime.database.engine import Database
from runtime.events.log import EventLog
from tests.integration.test_moves import BYTES, INTERNAL, MUCH, Archive, anything_in, at_work
from tests.integration.test_serving import run
from tests.servers.storage_service import StorageServer, StorageWorker
from tests.unit.runtime.waiting import until

TAKE_OVER_SECONDS = 20.0
"""Within 5 s is what is promised, and 5 more if a server has to end the transaction of a process
that stands still; the machine of these tests may be slow on top."""

MOVED = [
    "aip_updated_event",
    "aip_workflow_created_event",
    "aip_task_created_event",
    "aip_task_updated_event",
    "aip_updated_event",
    "aip_task_created_event",
    "aip_task_updated_event",
    "aip_updated_event",
    "aip_workflow_updated_event",
]
"""What a move tells."""


@dataclass(frozen=True)
class Crew:
    """A server that leaves workflows to two workers, of which the first performs them."""

    archive: Archive
    first: StorageWorker
    second: StorageWorker
    database_url: str

    async def told(self) -> list[str]:
        """Read the tags of all events."""
        database = await Database.open(self.database_url)
        try:
            return [event.tag for event in await EventLog(database, PUBLISHER.stream).read(0, 1000)]
        finally:
            await database.close()

    def stand_still(self, worker: StorageWorker) -> None:
        """Stop a process, but not while it holds the one lock of an SQLite file."""
        while True:
            os.kill(worker.pid, signal.SIGSTOP)
            if writable(self.database_url):
                return
            os.kill(worker.pid, signal.SIGCONT)
            time.sleep(0.1)


def writable(database_url: str) -> bool:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return True
    connection = sqlite3.connect(str(url.database), timeout=1, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    else:
        connection.execute("ROLLBACK")
        return True
    finally:
        connection.close()


@pytest.fixture
async def crew(empty_database_url: str, tmp_path: Path) -> AsyncIterator[Crew]:
    settings = {"SERVICE_DATABASE__URL": empty_database_url, "SERVICE_WORKFLOWS__RUN": "false"}
    folder = tmp_path / "data"
    with ExitStack() as stack:
        server = stack.enter_context(StorageServer(folder, **settings))
        first, second = (
            stack.enter_context(StorageWorker(folder, name, **settings))
            for name in ("first", "second")
        )
        async with at_work(server) as archive:
            yield Crew(archive, first, second, empty_database_url)
        assert "workflows.performed_here" not in server.log()


@pytest.mark.engines
async def test_workers_take_each_others_place_and_nothing_is_lost_or_done_twice(crew: Crew) -> None:
    archive, first, second = crew.archive, crew.first, crew.second
    assert "workflows       performed here" in first.log()
    assert f"workflows       performed by process {first.pid} on " in second.log()
    shelf = await archive.add_shelf()
    aip = await archive.add_package()
    begun = await crew.told()

    await begin_to_move(archive, aip, shelf.uuid, until_in=shelf.folder)
    crew.stand_still(first)
    os.truncate(archive.inside(aip), len(BYTES))
    await until(lambda: performs(second), TAKE_OVER_SECONDS)
    await archive.arrival(aip)
    assert shelf.file(aip).read_bytes() == BYTES
    os.kill(first.pid, signal.SIGCONT)
    await until(lambda: "workflows.overtaken" in first.log(), TAKE_OVER_SECONDS)
    assert [each for each in shelf.folder.rglob("*") if each.is_file()] == [shelf.file(aip)]
    assert shelf.file(aip).read_bytes() == BYTES
    assert not archive.inside(aip).exists()
    assert (await crew.told())[len(begun) :] == MOVED

    await begin_to_move(archive, aip, INTERNAL, until_in=archive.inside(aip).parent.parent)
    second.kill()
    os.truncate(shelf.file(aip), len(BYTES))
    await until(lambda: first.log().count("workflows.performed_here") == 2, TAKE_OVER_SECONDS)
    await archive.arrival(aip)
    assert archive.inside(aip).read_bytes() == BYTES
    assert not shelf.file(aip).exists()
    assert (await crew.told())[len(begun) :] == MOVED * 2


async def begin_to_move(archive: Archive, aip: UUID, target: UUID, *, until_in: Path) -> None:
    """Make the package too large to be copied soon, and wait until its copying has begun."""
    row = await archive.show(aip)
    location = row.location_uuid
    if location is None:
        os.truncate(archive.inside(aip), MUCH)
    else:
        [file] = [each for each in archive.server.folder.rglob(str(aip)) if each.is_file()]
        os.truncate(file, MUCH)
    await archive.worker.move_aip(MoveAIP(location_uuid=target), uuid=aip)
    await until(lambda: anything_in(until_in), 10)


def performs(worker: StorageWorker) -> bool:
    return "workflows.performed_here" in worker.log()


def test_a_worker_says_what_it_does_and_gives_its_place_back(tmp_path: Path) -> None:
    with StorageWorker(tmp_path / "data") as worker:
        told = worker.log().replace(worker.metrics_url, "(metrics)")
        assert told.splitlines()[-7:] == [
            f"  data            {tmp_path / 'data'}, writable",
            f"  database        {tmp_path / 'data' / 'storage.db'}, has its schema",
            f"  packages        {tmp_path / 'data' / 'internal'}, and the recorded locations",
            "  events          memory: who watches hears of them up to a second late"
            " (SERVICE_EVENTS__URL)",
            "  workflows       performed here",
            "  metrics         (metrics)",
            "Storage service 0.1.0: the worker is ready. Ctrl-C stops it.",
        ]
        os.kill(worker.pid, signal.SIGINT)
        worker.stop()
    with StorageWorker(tmp_path / "data") as worker:
        assert "workflows       performed here" in worker.log()


async def test_a_worker_tells_its_numbers_beside_a_service(tmp_path: Path) -> None:
    with (
        StorageServer(tmp_path / "data", SERVICE_WORKFLOWS__RUN="false") as server,
        StorageWorker(tmp_path / "data", "worker") as worker,
        StorageWorker(tmp_path / "other", SERVICE_METRICS__PORT="off") as silent,
    ):
        assert server.metrics_url != worker.metrics_url
        async with httpx2.AsyncClient() as client:
            numbers = (await client.get(worker.metrics_url, timeout=20)).text
            assert (await client.get(server.metrics_url, timeout=20)).status_code == 200
        assert "storage_workflows_performing 1.0" in numbers
        assert "storage_monitor_" not in numbers
        assert "metrics         off (SERVICE_METRICS__PORT)" in silent.log()


def test_a_worker_takes_the_port_that_is_configured_or_says_why_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(tmp_path / "data", "worker", SERVICE_METRICS__PORT=str(port))
    assert ended.returncode == 1
    assert f"SERVICE_METRICS__PORT: cannot listen on 127.0.0.1:{port}" in ended.stderr


def test_what_keeps_a_worker_from_working_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "storage.key").write_text("no key")
    ended = run(tmp_path / "data", "worker")
    assert (ended.returncode, ended.stdout) == (1, "")
    [sentence] = [line for line in ended.stderr.splitlines() if "storage-service:" in line]
    assert "storage.key" in sentence
    assert run(tmp_path / "data", "worker", "--nonsense").returncode == 2
