"""What a service has in memory, as the system says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.integration.meanwhile import meanwhile
from tests.servers.storage_service import StorageServer

MIB: Final = 1024**2


def resident(pid: int) -> int:
    """Return the bytes that a process has in memory."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


@asynccontextmanager
async def memory(server: StorageServer, every: float = 0.05) -> AsyncIterator[list[int]]:
    """Note how many bytes it has, at the beginning and every so many seconds."""
    sizes = [resident(server.pid)]

    async def sample() -> None:
        while True:
            await asyncio.sleep(every)
            sizes.append(resident(server.pid))

    async with meanwhile(sample()):
        yield sizes
