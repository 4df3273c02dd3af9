"""The generated TypeScript client, compiled and run in Node against the service."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.node import TYPESCRIPT, Node, node
from tests.servers.storage_service import ROOT, StorageServer

__all__ = ["node"]

CLIENT = ROOT / "generated" / "clients" / "typescript"
PROGRAM = Path(__file__).parent / "typescript"
OPTIONS = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "target": "ES2022",
    "module": "nodenext",
    "lib": ["ES2022", "DOM"],
    "types": [],
}


def compiled(folder: Path, node: Node) -> Path:
    for source in (CLIENT, PROGRAM):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS}))
    code, output = node.run(TYPESCRIPT, "--project", folder, cwd=folder)
    assert code == 0, output
    return folder


def test_a_program_records_watches_and_understands_what_is_refused(
    shared_server: StorageServer, tmp_path: Path, node: Node
) -> None:
    folder = compiled(tmp_path / "program", node)
    shelf = shared_server.folder / "locations" / "typescript"
    tokens = shared_server.token("*"), shared_server.token("storage:aips:*")

    code, output = node.run(
        "--experimental-websocket",
        *("run.mjs", shared_server.url, *tokens, shelf.as_uri()),
        cwd=folder,
    )

    assert code == 0, output
    told = json.loads(output.splitlines()[-1])
    hello, location, created, rejected = told["seen"]
    assert (hello, location) == ("Hello", "shelf is aip_store")
    assert created.startswith("letters of ")
    assert created.endswith(" is stored")
    assert rejected == created.replace(" is stored", " is deleted")
    assert told["refused"] == {
        "not_found": "AIP not found 99999999-9999-4999-8999-999999999999",
        "not_valid": "location 99999999-9999-4999-8999-999999999999 not found",
        "unauthorized": "Unauthorized",
        "forbidden": "Forbidden",
    }
