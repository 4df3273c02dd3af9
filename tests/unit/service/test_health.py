"""What the service finds out about its own health."""

from __future__ import annotations

import io
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from runtime.auth.revocation_table import STALE_SECONDS, KnownRevocations, RevocationTable
from runtime.database.engine import Database
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.http.app import new_app
from service import health
from service.health import Health, health_router


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pond.db"


@dataclass
class Clock:
    """Seconds that a test lets pass."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    database = await Database.open(f"sqlite:///{file}")
    revocations = KnownRevocations(RevocationTable(database), now=clock)
    app = new_app()
    events = MemoryEvents(EventLog(database, "pond"))
    app.include_router(health_router(Health(database, events, revocations, tmp_path)))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        yield client
    await database.close()


async def told(client: httpx2.AsyncClient) -> tuple[int, Any]:
    answer = await client.get("/healthz")
    return answer.status_code, answer.json()


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def pull_away(file: Path, word: str) -> None:
    file.rename(file.with_name("elsewhere.db"))
    if word == "replaced":
        file.touch()


async def test_all_is_well(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    before = files(tmp_path)
    assert await told(client) == (200, {"status": "ready"})
    assert files(tmp_path) == before


@pytest.mark.parametrize("word", ["deleted", "replaced"])
async def test_a_database_that_is_pulled_away_is_told(
    client: httpx2.AsyncClient, file: Path, word: str
) -> None:
    pull_away(file, word)
    with capture_logs() as logs:
        status, document = await told(client)
    assert (status, document["by"]) == (503, ["database"])
    assert document["why"] == [
        f"database: its file was {word} while the service ran: stop the service, put the right"
        " file there, and start it"
    ]
    assert logs[0]["file"] == str(file)
    assert str(file) not in document["why"][0]


async def test_a_full_disk_is_told_and_reading_goes_on(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS", 0)
    with monkeypatch.context() as full:
        full.setattr(tempfile, "TemporaryFile", lambda **_: io.FileIO("/dev/full", "w"))
        assert await told(client) == (
            200,
            {
                "status": "degraded",
                "by": ["disk"],
                "why": ["disk: cannot be written to: No space left on device"],
            },
        )
    assert await told(client) == (200, {"status": "ready"})


async def test_revocations_that_are_not_known_are_told(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    clock.now += STALE_SECONDS + 1
    status, document = await told(client)
    assert (status, document["by"]) == (200, ["revocations"])


async def test_the_disk_is_not_worn_out_by_whoever_asks(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(client)
    monkeypatch.setattr(tempfile, "TemporaryFile", None)
    assert await told(client) == (200, {"status": "ready"})
