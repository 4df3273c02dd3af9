"""The command from outside, beyond starting and stopping (`test_serving.py`)."""

import os
from pathlib import Path

import httpx2
import pytest

from tests.integration.test_serving import run
from tests.servers.guarded_service import UNGUARDED_CHANGE
from tests.servers.storage_service import ROOT, StorageServer

AIP = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("mode", ["development", "off"])
def test_without_real_access_control_it_does_not_leave_the_machine(
    tmp_path: Path, mode: str
) -> None:
    ended = run(tmp_path / "data", "serve", SERVICE_AUTH__MODE=mode, SERVICE_HTTP__HOST="0.0.0.0")
    assert ended.returncode == 1
    assert ended.stdout == ""
    [sentence] = ended.stderr.splitlines()
    assert "SERVICE_HTTP__HOST: 0.0.0.0 can be reached from other machines" in sentence
    assert not (tmp_path / "data").exists()


def test_a_setting_that_nobody_knows_is_refused_with_what_may_have_been_meant(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[http]\nprot = 9100\n[storage.internal]\nurl = "file:///x"\nulr = "y"\n')
    ended = run(tmp_path / "data", "serve", "--config", str(file))
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"storage-service: http.prot (in {file}): there is no such setting;"
        " did you mean http.port?",
        f"storage-service: storage.internal.ulr (in {file}): there is no such setting;"
        " did you mean storage.internal.url?",
    ]


def test_a_printed_token_opens_what_it_says_and_no_more(shared_server: StorageServer) -> None:
    ended = run(shared_server.folder, "token", "--attributes", "storage:aips:list", "--ttl", "60")
    headers = {"authorization": f"Bearer {ended.stdout.strip()}"}
    with httpx2.Client(base_url=shared_server.url, headers=headers) as http:
        assert http.get("/storage/aips").status_code == 200
        assert http.get("/storage/locations").status_code == 403


def test_a_change_without_its_event_fails_the_test_whose_server_made_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from runtime.events.transaction import Transaction\n"
        "Transaction.publish = lambda transaction, event: None\n"
    )
    server = StorageServer(tmp_path / "data", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    server.start()
    headers = {"authorization": f"Bearer {server.token('*')}"}
    body = {"uuid": AIP, "name": "letters", "object_key": AIP}
    answer = httpx2.post(f"{server.url}/storage/aips", headers=headers, json=body)
    assert answer.status_code == 500
    with pytest.raises(AssertionError, match=f"exit code {UNGUARDED_CHANGE}"):
        server.stop()
    assert "changed without an event" in server.log()
