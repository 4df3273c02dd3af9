"""Every operation over HTTP: as it works, and in every way in which it may go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr
from structlog.testing import capture_logs

from service.app import running
from service.settings import DatabaseSettings, Settings
from service.tokens import token_keys
from tests.servers.bakery import served
from tests.unit.service.operations.archive import Archive
from tests.unit.service.operations.derived_rows import derived_rows
from tests.unit.service.operations.document import OPERATIONS
from tests.unit.service.operations.row import Row
from tests.unit.service.operations.rows import NEVER, ROWS
from tests.unit.service.operations.text_rows import text_rows

pytestmark = pytest.mark.engines

TABLE = [*ROWS, *text_rows(), *derived_rows()]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def archive(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Archive]:
    """A service that all rows share; each brings its own packages."""
    folder = tmp_path_factory.mktemp("archive")
    settings = Settings(
        data_dir=folder, database=DatabaseSettings(url=SecretStr(module_database_url))
    )
    async with (
        running(settings) as service,
        served(service.application) as address,
        httpx2.AsyncClient(base_url=address, verify=False) as http,
    ):
        archive = Archive(http, token_keys(settings), folder)
        yield replace(archive, shelf=await archive.new_location())


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", TABLE, ids=str)
async def test_an_operation_answers_as_the_table_and_the_document_say(
    archive: Archive, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as logs:
        answer = await archive.carry_out(row, monkeypatch)
    assert answer.status_code == row.status, answer.text
    OPERATIONS[row.operation].check(answer)
    if row.message:
        assert row.message in answer.json()["message"]
    failures = [entry for entry in logs if entry["event"] == "operation failed"]
    assert len(failures) == row.fault, "what the service is to blame for is logged, once"


def test_the_table_has_a_row_for_whatever_an_operation_may_answer() -> None:
    documented = {(each.name, status) for each in OPERATIONS.values() for status in each.statuses}
    shown = {(row.operation, row.status) for row in TABLE}
    unbuilt = {name for name, status in documented if status == 501}
    missing = {(name, status) for name, status in documented - shown if name not in unbuilt}
    never = {(name, status) for name, status in NEVER if name not in unbuilt}
    assert missing == never
    assert shown <= documented


def test_each_row_has_a_name_of_its_own() -> None:
    assert len({str(row) for row in TABLE}) == len(TABLE)
