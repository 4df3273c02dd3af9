from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from generated.storage.errors import FailedDependency, NotAvailable, NotFound, NotValid
from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus
from runtime.auth.claims import Caller
from runtime.durable.embedded import EmbeddedEngine
from service.storage.aips import NIL, find_aip
from service.storage.deletion import create_deletion_request
from service.storage.moving import move_aip, move_status
from tests.unit.service.conftest import ARCHIVIST, Domain

pytestmark = pytest.mark.engines


@pytest.fixture
def engine(domain: Domain) -> EmbeddedEngine[StorageEvent]:
    return domain.engine


async def move(
    domain: Domain, engine: EmbeddedEngine[StorageEvent], aip: UUID, target: UUID
) -> None:
    async with domain.begin("move_aip") as transaction:
        await move_aip(transaction, engine, domain.configurations, aip, target)


@pytest.mark.parametrize("status", list(AIPStatus))
async def test_a_package_moves_from_the_statuses_that_the_table_allows(
    domain: Domain, engine: EmbeddedEngine[StorageEvent], status: AIPStatus
) -> None:
    shelf = await domain.add_location()
    package = await domain.add_aip(status=status)
    allowed = (AIPStatus.STORED, AIPStatus.PENDING, AIPStatus.UNSPECIFIED)

    if status in allowed:
        await move(domain, engine, package.uuid, shelf.uuid)
    else:
        with pytest.raises(NotAvailable, match=f"cannot move an AIP that is {status}"):
            await move(domain, engine, package.uuid, shelf.uuid)

    async with domain.database.read() as session:
        after = (await find_aip(session, package.uuid)).status
    assert after == (AIPStatus.PROCESSING if status in allowed else status)


async def test_a_move_tells_its_status_before_it_is_answered(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    shelf = await domain.add_location()
    package = await domain.add_aip()
    await move(domain, engine, package.uuid, shelf.uuid)

    last = (await domain.logged())[-1]
    assert (last.tag, last.subject) == ("aip_updated_event", str(package.uuid))
    assert last.operation == "move_aip"
    assert b'"status":"processing"' in last.payload


async def test_of_concurrent_moves_one_is_begun_and_the_others_are_refused(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    shelf = await domain.add_location()
    package = await domain.add_aip()
    results = await asyncio.gather(
        *(move(domain, engine, package.uuid, shelf.uuid) for _ in range(8)),
        return_exceptions=True,
    )

    assert (
        sorted(str(type(result).__name__) for result in results)
        == ["NoneType"] + ["NotAvailable"] * 7
    )
    assert [event.tag for event in await domain.logged()].count("aip_updated_event") == 1


async def test_a_package_is_not_moved_to_where_it_is(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    shelf = await domain.add_location()
    inside = await domain.add_aip("inside")
    on_shelf = await domain.add_aip("on shelf", location_uuid=shelf.uuid)

    for package, target in ((inside, NIL), (on_shelf, shelf.uuid)):
        with pytest.raises(NotAvailable, match="in this location already"):
            await move(domain, engine, package.uuid, target)


async def test_a_package_that_somebody_wants_deleted_is_not_moved(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    shelf = await domain.add_location()
    package = await domain.add_aip(status=AIPStatus.PENDING)
    async with domain.transactions.begin(Caller(ARCHIVIST, "request_aip_deletion")) as transaction:
        await create_deletion_request(
            transaction,
            uuid=uuid4(),
            aip_uuid=package.uuid,
            requester=ARCHIVIST,
            reason="duplicate",
        )

    with pytest.raises(NotAvailable, match="open deletion request"):
        await move(domain, engine, package.uuid, shelf.uuid)


async def test_a_package_that_is_not_there_is_not_found(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    with pytest.raises(NotFound):
        await move(domain, engine, uuid4(), NIL)
    with pytest.raises(NotFound):
        await move_status(domain.database, engine, uuid4())


async def test_an_unknown_target_is_refused(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    package = await domain.add_aip()
    target = uuid4()

    with pytest.raises(NotValid, match=f"location {target} not found"):
        await move(domain, engine, package.uuid, target)


async def test_a_target_that_cannot_be_opened_any_more_is_refused(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    shelf = await domain.add_location()
    package = await domain.add_aip()
    domain.root.mkdir()
    (domain.root / "shelf").symlink_to(domain.root.parent)

    with pytest.raises(NotValid, match="cannot be used: the folder"):
        await move(domain, engine, package.uuid, shelf.uuid)


async def test_a_package_that_was_never_moved_has_no_move_status(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    package = await domain.add_aip()

    with pytest.raises(FailedDependency, match="cannot perform operation"):
        await move_status(domain.database, engine, package.uuid)


async def test_a_move_that_is_begun_is_not_done(
    domain: Domain, engine: EmbeddedEngine[StorageEvent]
) -> None:
    shelf = await domain.add_location()
    package = await domain.add_aip()
    await move(domain, engine, package.uuid, shelf.uuid)

    assert not (await move_status(domain.database, engine, package.uuid)).done
