"""Requests that the OpenAPI document allows, and others, at random: no answer is a surprise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.storage_service import ROOT, StorageServer

HERE = Path(__file__).parent
SEED = 1


def test_the_service_answers_any_request_as_its_document_says(
    storage_server: StorageServer, pytestconfig: pytest.Config
) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{storage_server.url}/openapi.json"),
        *("--header", f"Authorization: Bearer {storage_server.token('*')}"),
        # Its answer has no end; tests/unit/runtime/monitor asks it for nonsense.
        *("--exclude-operation-id", "storage_monitor"),
        *("--seed", str(SEED)),
        *("--max-examples", str(pytestconfig.getoption("fuzz_examples"))),
        *("--continue-on-failure", "--no-color"),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.integration.fuzzing.checks",
    }
    done = subprocess.run(
        command,
        env=environment,
        cwd=storage_server.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated is not None
    assert int(generated[1]) > 500
