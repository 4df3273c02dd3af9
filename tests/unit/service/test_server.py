"""What the server asks of the system."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

SERVE: str = """
import asyncio, resource, sys
from service.server import serve
from service.settings import Settings

def announce(address):
    print(*resource.getrlimit(resource.RLIMIT_NOFILE), flush=True)
    asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)

try:
    asyncio.run(serve(Settings(), announce))
except asyncio.CancelledError:
    pass
"""


def test_as_many_connections_may_come_as_the_system_allows(tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    ended = subprocess.run(
        [sys.executable, "-c", SERVE],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "SERVICE_DATA_DIR": str(tmp_path),
            "SERVICE_HTTP__PORT": "0",
            "SERVICE_METRICS__PORT": "0",
        },
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, most)),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert ended.stdout.endswith(f"{most} {most}\n"), ended.stderr
