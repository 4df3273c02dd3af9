"""The guard itself: what it catches, and what it lets through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from generated.storage.models import AIP
from service.storage import rejecting
from service.storage.aips import find_aip
from service.storage.rows import AIPRow, LocationRow, Row
from tests.guard import ChangeWithoutEvent, Guard
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines

SILENT_CHANGES: dict[str, Callable[[AIP], Any]] = {
    "an update of Core": lambda row: (
        update(Row.metadata.tables["location"])
        .where(LocationRow.uuid == row.location_uuid)
        .values(name="x")
    ),
    "an update of the ORM in bulk": lambda _: update(AIPRow).values(name="x"),
    "a delete of one": lambda row: delete(AIPRow).where(AIPRow.uuid == row.uuid),
    "a delete of all": lambda _: delete(AIPRow),
    "raw SQL": lambda _: text("UPDATE aip SET name = 'x'"),
}


async def add_aip(domain: Domain) -> AIP:
    location = await domain.add_location()
    return await domain.add_aip(location_uuid=location.uuid)


@pytest.mark.parametrize("change", SILENT_CHANGES.values(), ids=SILENT_CHANGES)
async def test_a_change_without_an_event_is_refused(
    domain: Domain, guard: Guard, change: Callable[[AIP], Any]
) -> None:
    row = await add_aip(domain)

    async def silently() -> None:
        async with domain.begin("reject_aip") as transaction:
            await transaction.session.execute(change(row))

    with pytest.raises(ChangeWithoutEvent):
        await silently()
    assert guard.take()
    async with domain.database.read() as session:
        assert (await find_aip(session, row.uuid)).name == "letters"


async def test_raw_sql_hides_nothing_behind_quotes(domain: Domain, guard: Guard) -> None:
    await add_aip(domain)
    quoted = "`aip`" if domain.database.name == "mariadb" else '"aip"'

    async def silently() -> None:
        async with domain.begin("reject_aip") as transaction:
            await transaction.session.execute(text(f"delete from {quoted}"))

    with pytest.raises(ChangeWithoutEvent):
        await silently()
    assert guard.take()


async def test_a_change_of_the_orm_without_an_event_is_refused(
    domain: Domain, guard: Guard
) -> None:
    row = await add_aip(domain)

    async def silently() -> None:
        async with domain.begin("reject_aip") as transaction:
            found = await find_aip(transaction.session, row.uuid)
            found.name = "x"

    with pytest.raises(ChangeWithoutEvent, match=str(row.uuid)):
        await silently()
    assert guard.take() == [f"aip {row.uuid}"]


async def test_an_event_of_another_entity_does_not_count(domain: Domain, guard: Guard) -> None:
    row, other = await add_aip(domain), await domain.add_aip()

    async def silently() -> None:
        async with domain.begin("reject_aip") as transaction:
            await transaction.session.execute(
                update(AIPRow).where(AIPRow.uuid == row.uuid).values(name="x")
            )
            await rejecting.reject_aip(transaction, domain.engine, other.uuid)

    with pytest.raises(ChangeWithoutEvent, match=str(row.uuid)):
        await silently()
    assert guard.take() == [f"aip {row.uuid}"]


async def test_rows_inserted_by_core_are_seen(domain: Domain, guard: Guard) -> None:
    row = await domain.add_location()
    values = {
        column.key: getattr(row, column.key)
        for column in LocationRow.__mapper__.column_attrs
        if column.key != "id"
    }
    twins = [values | {"uuid": str(number) * 8 + "-1111-4111-8111-111111111111"} for number in "23"]

    async def silently() -> None:
        async with domain.begin("create_location") as transaction:
            await transaction.session.execute(insert(LocationRow).values(twins))

    with pytest.raises(ChangeWithoutEvent):
        await silently()
    assert guard.take() == [f"location {twin['uuid']}" for twin in twins]


async def test_a_change_that_is_rolled_back_needs_no_event(domain: Domain, guard: Guard) -> None:
    async def failing() -> None:
        async with domain.begin("reject_aip") as transaction:
            await transaction.session.execute(update(AIPRow).values(name="x"))
            raise LookupError

    await add_aip(domain)
    with pytest.raises(LookupError):
        await failing()
    assert guard.take() == []


async def test_the_next_transaction_begins_with_a_clean_slate(domain: Domain, guard: Guard) -> None:
    row = await add_aip(domain)

    async def silently() -> None:
        async with domain.begin("reject_aip") as transaction:
            await transaction.session.execute(update(AIPRow).values(name="x"))

    with pytest.raises(ChangeWithoutEvent):
        await silently()
    guard.take()
    await domain.add_aip()
    async with domain.database.read() as session:
        assert (await find_aip(session, row.uuid)).name == "letters"
