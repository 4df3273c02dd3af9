"""A long day of the service, or a minute of it: `make soak` says how long."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.integration.conftest import errors
from tests.integration.soak import CLIENTS, soak
from tests.servers.storage_service import PlainServer

GROWTH: Final = 8 * 1024**2
"""By how many bytes the memory may have grown, along its line, once caches are filled.

What the last events of the ring take is part of it: at twenty a second about 3 KiB each, until the
ring is full after some minutes.
"""


async def test_two_hundred_watchers_miss_nothing_and_memory_stays_flat(
    tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    with PlainServer(tmp_path / "data", SERVICE_LOG__LEVEL="warning") as server:
        outcome = await soak(server, pytestconfig.getoption("--soak-seconds"))
        log = server.log()
    with capsys.disabled():
        print(f"\n{outcome}")
    assert [m.unasked_ends for m in outcome.members if m.unasked_ends] == []
    assert outcome.missed() == {}
    assert outcome.connections > CLIENTS, "nobody came back"
    assert errors(log) == []
    assert outcome.growth < GROWTH, outcome.memory
