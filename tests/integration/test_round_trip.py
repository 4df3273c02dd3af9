"""A large package: into the internal location, to S3 and back, downloaded; in little memory.

`make test-large` makes the round with 2 GiB, every test run with 64 MiB.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from tests.integration.dashboard import Dashboard
from tests.node import Node, node
from tests.servers.disk_s3_server import DiskS3Server
from tests.servers.storage_service import StorageServer

__all__ = ["node"]

MEBIBYTE = 1 << 20
MEMORY = 150 * MEBIBYTE
"""The most that the service may hold, whatever the size of the package."""

SECONDS = 1800
"""For each step, of 2 GiB on a slow disk: what must not be is that it never ends."""


@pytest.fixture
def disk_s3_server(node: Node) -> Iterator[DiskS3Server]:
    with DiskS3Server() as server:
        yield server


async def test_a_large_package_comes_back_whole_and_takes_little_memory(
    storage_server: StorageServer,
    disk_s3_server: DiskS3Server,
    package_bytes: int,
) -> None:
    async with Dashboard(storage_server) as dashboard:
        config = {"type": "s3", "value": disk_s3_server.bucket.value()}
        bucket = await dashboard.create_location("bucket", source="s3", config=config)
        aip = await dashboard.create_aip()
        file = storage_server.folder / "internal" / "aips" / aip
        file.parent.mkdir(parents=True)
        written = write_package(file, package_bytes)

        took = {
            "to S3": await move(dashboard, aip, bucket),
            "back": await move(dashboard, aip, str(UUID(int=0))),
        }
        began = time.monotonic()
        assert await downloaded(storage_server, dashboard, aip) == written
        took["downloaded"] = time.monotonic() - began
    memory = most_memory(storage_server.pid)
    print(f"\n{package_bytes / MEBIBYTE:g} MiB, at most {memory / MEBIBYTE:.0f} MiB of memory")
    for step, seconds in took.items():
        print(f"  {step:10} {seconds:6.1f} s, {package_bytes / MEBIBYTE / seconds:4.0f} MiB/s")
    assert memory < MEMORY


def write_package(file: Path, size: int) -> str:
    """Make a package, and return its sum."""
    block, total = os.urandom(MEBIBYTE), hashlib.sha256()
    with file.open("wb") as out:
        for number in range(size // MEBIBYTE):
            changing = number.to_bytes(8) + block[8:]
            total.update(changing)
            out.write(changing)
    return total.hexdigest()


async def move(dashboard: Dashboard, aip: str, location: str) -> float:
    """Move the package, wait until it is there, and return how long that took."""
    began = time.monotonic()
    path = f"/storage/aips/{aip}/store"
    answer = await dashboard.ask("POST", path, {"location_uuid": location})
    assert answer.status_code == 202, answer.text
    async with asyncio.timeout(SECONDS):
        while True:
            if (await dashboard.ask("GET", path)).json()["done"]:
                return time.monotonic() - began
            await asyncio.sleep(0.1)


async def downloaded(server: StorageServer, dashboard: Dashboard, aip: str) -> str:
    """Download the package, and return its sum."""
    path, total = f"/storage/aips/{aip}/download", hashlib.sha256()
    cookie = (await dashboard.ask("POST", path)).headers["set-cookie"].partition(";")[0]
    async with (
        httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as http,
        http.stream("GET", path, headers={"cookie": cookie}) as answer,
    ):
        assert answer.status_code == 200
        async for chunk in answer.aiter_bytes():
            total.update(chunk)
    return total.hexdigest()


def most_memory(pid: int) -> int:
    """How many bytes a process has held at most."""
    [kibibytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kibibytes) << 10
