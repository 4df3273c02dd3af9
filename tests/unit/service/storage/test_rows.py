"""The tables: times, identifiers, and what the engine itself refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import text

from generated.storage.models import AIPStatus
from service.storage import items
from service.storage.rows import AIPRow
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines


def a_row(created_at: datetime) -> AIPRow:
    return AIPRow(
        uuid=uuid4(),
        name="x",
        status=AIPStatus.STORED,
        object_key=uuid4(),
        created_at=created_at,
    )


def test_a_time_loses_its_fraction_when_it_enters_a_row() -> None:
    row = a_row(datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC))
    assert row.created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_time_enters_a_row_in_utc() -> None:
    elsewhere = timezone(timedelta(hours=2))
    row = a_row(datetime(2026, 1, 2, 5, 4, 5, tzinfo=elsewhere))
    assert b'"created_at":"2026-01-02T03:04:05Z"' in items.aip(row).to_json()


def test_a_time_without_a_zone_does_not_enter_a_row() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        a_row(datetime(2026, 1, 2))


async def test_identifiers_and_words_are_stored_as_people_read_them(domain: Domain) -> None:
    row = await domain.add_aip(status=AIPStatus.PENDING)
    async with domain.database.read() as session:
        stored = (await session.execute(text("SELECT uuid, status, created_at FROM aip"))).one()
    assert stored.uuid == str(row.uuid)
    assert stored.status == "pending"
    assert datetime.fromisoformat(str(stored.created_at)).microsecond == 0
