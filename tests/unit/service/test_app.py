"""The application: what it verifies when it opens, and what it lets go of when it closes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from runtime.database.engine import migration_engine
from runtime.durable.tables import workflow_run
from service.app import prepare, running, working
from service.settings import AuthSettings, EventsSettings, Settings
from service.start import CannotStart
from service.storage.sealing import KeyFileError
from service.tokens import token_keys
from tests.servers.redis_server import RedisServer

LOCATION = {
    "name": "shelf",
    "source": "s3",
    "purpose": "aip_store",
    "config": {"type": "s3", "value": {"bucket": "b", "region": "r"}},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def test_a_second_application_waits_for_the_first_to_close(settings: Settings) -> None:
    async with running(settings):
        with pytest.raises(CannotStart, match="serves this database already"):
            async with running(settings):
                pass
    async with running(settings):
        pass


async def test_a_key_that_does_not_open_the_locations_is_refused(settings: Settings) -> None:
    headers = {"authorization": f"Bearer {token_keys(settings).mint(attributes=['*'])}"}
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.post("/storage/locations", json=LOCATION, headers=headers)
            assert answer.status_code == 201
    settings.key_file.write_bytes(b"x" * 32)
    with pytest.raises(KeyFileError, match="another key"):
        async with running(settings):
            pass


async def test_what_a_failed_start_had_opened_is_closed_again(settings: Settings) -> None:
    settings.key_file.write_text("no key")
    with pytest.raises(KeyFileError):
        async with running(settings):
            pass
    settings.key_file.unlink()
    async with running(settings):
        pass


@pytest.mark.parametrize("keep_seconds", [60, 0])
@pytest.mark.parametrize("opened", [running, working])
async def test_runs_that_ended_long_ago_are_removed_unless_all_are_kept(
    tmp_path: Path, opened: Callable[[Settings], Any], keep_seconds: float
) -> None:
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "workflows": {"keep_seconds": keep_seconds}}
    )
    await prepare(settings)
    long_ago = datetime.now(UTC) - timedelta(days=1)
    run = {"id": uuid4(), "workflow": "move_workflow", "identifier": "x", "input": {}}
    run |= {"status": "completed", "started_at": long_ago, "ended_at": long_ago}
    database = migration_engine(settings.database_url)

    async def runs() -> int:
        async with database.connect() as connection:
            return len((await connection.execute(workflow_run.select())).all())

    async with database.begin() as connection:
        await connection.execute(workflow_run.insert().values(run))
    left = 1
    async with opened(settings):
        for _ in range(200 if keep_seconds else 10):
            if not (left := await runs()):
                break
            await asyncio.sleep(0.05)
    await database.dispose()
    assert left == (keep_seconds == 0)


async def test_health_names_a_doorbell_that_is_away(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        events=EventsSettings.model_validate({"url": redis_server.url}),
        auth=AuthSettings(mode="off"),
    )
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:

            async def health_becomes(expected: dict[str, object]) -> None:
                answer = await client.get("/healthz")
                for _ in range(200):
                    if answer.json() == expected:
                        break
                    await asyncio.sleep(0.05)
                    answer = await client.get("/healthz")
                assert (answer.status_code, answer.json()) == (200, expected)

            await health_becomes({"status": "ready"})
            redis_server.stop()
            late = "doorbell: events may come a second late"
            await health_becomes({"status": "degraded", "by": ["doorbell"], "why": [late]})


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/asyncapi.json"])
async def test_documents_are_served_only_where_they_should(tmp_path: Path, path: str) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, "http": {"docs": False}})
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.get(path)).status_code == 404


async def test_the_page_of_documents_asks_nobody_else(settings: Settings) -> None:
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            page = (await client.get("/docs")).text
            openapi = json.loads((await client.get("/openapi.json")).text)
    assert "//" not in page.replace("<!doctype", "")
    for path in openapi["paths"]:
        assert path in page
    assert "aip_created_event" in page
