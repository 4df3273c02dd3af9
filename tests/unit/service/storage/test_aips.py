"""Packages: recorded, changed, given up."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from generated.storage.errors import NotAvailable, NotFound, NotValid
from generated.storage.models import AIPStatus, CreateAIP
from service.storage import aips, rejecting
from service.storage.states import STATES, Action, Outcome
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines

NIL = UUID(int=0)


async def create(domain: Domain, body: CreateAIP) -> None:
    async with domain.begin("create_aip") as transaction:
        await aips.create_aip(transaction, body)


async def reject(domain: Domain, uuid: UUID) -> None:
    async with domain.begin("reject_aip") as transaction:
        await rejecting.reject_aip(transaction, domain.engine, uuid)


async def status(domain: Domain, uuid: UUID) -> AIPStatus:
    async with domain.database.read() as session:
        return (await aips.find_aip(session, uuid)).status


@pytest.mark.parametrize("again", ["uuid", "object_key"])
async def test_an_identifier_is_used_once(domain: Domain, again: str) -> None:
    row = await domain.add_aip()
    body = CreateAIP(uuid=uuid4(), name="x", object_key=uuid4())
    twin = body.model_copy(update={again: getattr(row, again)})
    with pytest.raises(NotValid, match="exists already"):
        await create(domain, twin)
    assert len(await domain.logged()) == 1


async def test_a_name_that_not_every_database_keeps_is_refused_by_all(domain: Domain) -> None:
    with pytest.raises(NotValid, match=r"name cannot hold the character U\+0000"):
        await create(domain, CreateAIP(uuid=uuid4(), name="a\0b", object_key=uuid4()))
    assert await domain.logged() == []


@pytest.mark.parametrize(
    ("location", "message"), [(uuid4(), "not found"), (NIL, "cannot be the nil UUID")]
)
async def test_a_package_lies_in_a_location_that_exists(
    domain: Domain, location: UUID, message: str
) -> None:
    body = CreateAIP(uuid=uuid4(), name="x", object_key=uuid4(), location_uuid=location)
    with pytest.raises(NotValid, match=message):
        await create(domain, body)
    assert await domain.logged() == []


@pytest.mark.parametrize("before", AIPStatus)
async def test_rejection_follows_the_table_of_states(domain: Domain, before: AIPStatus) -> None:
    row = await domain.add_aip(status=before)
    match STATES[Action.REJECT][before]:
        case Outcome.DONE:
            await reject(domain, row.uuid)
            assert await status(domain, row.uuid) is AIPStatus.DELETED
            assert len(await domain.logged()) == 2
        case Outcome.NOTHING:
            await reject(domain, row.uuid)
            assert await status(domain, row.uuid) is before
            assert len(await domain.logged()) == 1
        case Outcome.REFUSED:
            with pytest.raises(NotAvailable, match=before.value):
                await reject(domain, row.uuid)
            assert await status(domain, row.uuid) is before
            assert len(await domain.logged()) == 1


async def test_nothing_happens_to_a_package_that_nobody_knows(domain: Domain) -> None:
    with pytest.raises(NotFound) as caught:
        await reject(domain, NIL)
    assert caught.value.body.message == "AIP not found"


async def test_a_status_changes_only_from_what_its_changer_saw(domain: Domain) -> None:
    row = await domain.add_aip(status=AIPStatus.STORED)

    async def change() -> None:
        async with domain.begin("reject_aip") as transaction:
            found = await aips.find_aip_to_change(transaction.session, row.uuid)
            await aips.update_aip_status(
                transaction, found, was=AIPStatus.PENDING, becomes=AIPStatus.DELETED
            )

    with pytest.raises(NotAvailable, match="somebody else"):
        await change()
    assert await status(domain, row.uuid) is AIPStatus.STORED
    assert len(await domain.logged()) == 1


async def test_of_many_rejections_at_once_one_changes_the_package(domain: Domain) -> None:
    row = await domain.add_aip()
    await asyncio.gather(*(reject(domain, row.uuid) for _ in range(10)))
    assert [event.tag for event in await domain.logged()] == [
        "aip_created_event",
        "aip_updated_event",
    ]


async def test_a_package_says_where_it_lies_together_with_its_status(domain: Domain) -> None:
    row, shelf = await domain.add_aip(), await domain.add_location()
    async with domain.begin("move_workflow") as transaction:
        moved = await aips.find_aip_to_change(transaction.session, row.uuid)
        await aips.relocate_aip(
            transaction,
            moved,
            was=AIPStatus.STORED,
            becomes=AIPStatus.PENDING,
            location_uuid=shelf.uuid,
        )
    assert (moved.status, moved.location_uuid) == (AIPStatus.PENDING, shelf.uuid)
    *_, event = await domain.logged()
    assert str(shelf.uuid).encode() in event.payload
