"""A deletion on a real server, which is killed whenever it can be; and the commands beside it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from tests.integration.test_serving import run
from tests.servers.storage_service import StorageServer, command, environment
from tests.unit.runtime.waiting import until
from tests.unit.service.storage.reports.pdf_text import text_of


class People:
    """Who works with a server; each may do everything and has a name."""

    def __init__(self, server: StorageServer) -> None:
        self.server = server

    def ask(self, method: str, path: str, body: Any = None, by: str = "ada") -> httpx2.Response:
        token = self.server.token("storage:*", subject=by, email=f"{by}@test")
        return httpx2.request(
            method,
            f"{self.server.url}/storage/aips{path}",
            json=body,
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
        )

    def package(self) -> str:
        """Store a package inside."""
        uuid = str(uuid4())
        self.bytes_of(uuid).parent.mkdir(parents=True, exist_ok=True)
        self.bytes_of(uuid).write_bytes(b"bytes")
        body = {"uuid": uuid, "name": "letters", "object_key": uuid, "status": "stored"}
        assert self.ask("POST", "", body).status_code == 200
        return uuid

    def bytes_of(self, uuid: str) -> Path:
        return self.server.folder / "internal" / "aips" / uuid

    def killed(self) -> None:
        """Let the server die, and another come."""
        self.server.kill()
        self.server.start()

    def shows(self, uuid: str, **expected: str) -> bool:
        shown: dict[str, str] = self.ask("GET", f"/{uuid}").json()
        return expected.items() <= shown.items()


async def test_a_deletion_comes_to_its_end_however_often_the_server_is_killed(
    storage_server: StorageServer,
) -> None:
    people = People(storage_server)
    uuid = people.package()
    reason = {"reason": "Registered twice"}
    assert people.ask("POST", f"/{uuid}/deletion-request", reason).status_code == 202
    people.killed()
    assert people.shows(uuid, status="pending")
    approved = people.ask("POST", f"/{uuid}/deletion-review", {"approved": True}, by="bob")
    assert approved.status_code == 202
    people.killed()

    key = f"reports/aip_deletion_report_{uuid}.pdf"
    await until(lambda: people.shows(uuid, status="deleted", deletion_report_key=key), 30)
    assert not people.bytes_of(uuid).exists()
    cookie = people.ask("POST", f"/{uuid}/deletion-report").headers["set-cookie"].partition(";")[0]
    report = httpx2.get(
        f"{storage_server.url}/storage/aips/{uuid}/deletion-report",
        headers={"cookie": cookie},
        trust_env=False,
    )
    assert report.headers["content-type"] == "application/pdf"
    shown = text_of(report.content)
    assert "Requestedbyada@test" in shown
    assert "Approvedbybob@test" in shown
    [work] = people.ask("GET", f"/{uuid}/workflows").json()["workflows"]
    assert (work["type"], work["status"]) == ("delete aip", "done")
    assert [task["status"] for task in work["tasks"]] == ["done", "done"]


def test_check_finds_nothing_wrong_beside_a_server_that_runs(shared_server: StorageServer) -> None:
    ended = run(shared_server.folder, "check")
    assert ended.returncode == 0, ended.stdout
    assert "has the schema of this version" in ended.stdout
    assert "WRONG" not in ended.stdout


def test_tail_prints_the_log_from_its_beginning_and_as_it_grows(
    shared_server: StorageServer,
) -> None:
    people = People(shared_server)
    first, second = people.package(), ""
    with subprocess.Popen(
        command("events", "tail", "--from", "1", "--json"),
        env=environment(shared_server.folder),
        cwd=shared_server.folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith("{"):
                continue
            event = json.loads(line)
            if event["subject"] == first and not second:
                assert event["type"] == "aip_created_event"
                second = people.package()
            elif event["subject"] == second:
                assert event["value"]["item"]["name"] == "letters"
                break
        process.kill()
