"""Every change tells of itself: one row a change."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from generated.storage.events import StorageEvent
from generated.storage.models import (
    AIP,
    AIPStatus,
    CreateAIP,
    DeletionRequestStatus,
    LocationDefault,
    TaskStatus,
    UpdateLocation,
    WorkflowStatus,
    WorkflowType,
)
from runtime.events.transaction import Transaction
from runtime.model import Model
from service.storage import aips, deletion, items, locations, rejecting, tasks, workflows
from service.storage.rows import AIPRow, DeletionRequestRow, LocationRow, TaskRow, WorkflowRow
from tests.unit.service.conftest import ARCHIVIST, CURATOR, Domain, a_location

Entity = LocationRow | AIPRow | WorkflowRow | TaskRow | DeletionRequestRow
Change = Callable[[Transaction[StorageEvent]], Awaitable[Entity | AIP | LocationDefault]]
ROWS: dict[type[Any], type[Any]] = {AIP: AIPRow, LocationDefault: LocationRow}
"""The rows of what is returned as it is shown."""


pytestmark = pytest.mark.engines


async def create_location(domain: Domain) -> Change:
    body = a_location(domain.root / "shelf")
    return lambda transaction: locations.create_location(transaction, domain.configurations, body)


async def update_location(domain: Domain) -> Change:
    row = await domain.add_location()
    body = UpdateLocation(name="attic")
    return lambda transaction: locations.update_location(transaction, row.uuid, body)


async def create_aip(_domain: Domain) -> Change:
    body = CreateAIP(uuid=uuid4(), name="letters", object_key=uuid4())
    return lambda transaction: aips.create_aip(transaction, body)


async def update_aip_status(domain: Domain) -> Change:
    row = await domain.add_aip()

    async def change(transaction: Transaction[StorageEvent]) -> AIPRow:
        found = await aips.find_aip_to_change(transaction.session, row.uuid)
        await aips.update_aip_status(
            transaction, found, was=AIPStatus.STORED, becomes=AIPStatus.PENDING
        )
        return found

    return change


async def move_aip(domain: Domain) -> Change:
    row, target = await domain.add_aip(), await domain.add_location()

    async def change(transaction: Transaction[StorageEvent]) -> AIPRow:
        found = await aips.find_aip_to_change(transaction.session, row.uuid)
        await aips.relocate_aip(
            transaction,
            found,
            was=AIPStatus.STORED,
            becomes=AIPStatus.STORED,
            location_uuid=target.uuid,
        )
        return found

    return change


async def reject_aip(domain: Domain) -> Change:
    row = await domain.add_aip()

    async def change(transaction: Transaction[StorageEvent]) -> AIPRow:
        await rejecting.reject_aip(transaction, domain.engine, row.uuid)
        return await aips.find_aip(transaction.session, row.uuid)

    return change


async def create_workflow(domain: Domain) -> Change:
    aip = await domain.add_aip()
    return lambda transaction: a_workflow(transaction, aip.uuid)


async def update_workflow(domain: Domain) -> Change:
    row = await added_workflow(domain)
    return lambda transaction: workflows.update_workflow(
        transaction, row.uuid, status=WorkflowStatus.DONE, completed_at=datetime.now(UTC)
    )


async def create_task(domain: Domain) -> Change:
    workflow = await added_workflow(domain)
    return lambda transaction: a_task(transaction, workflow.uuid)


async def update_task(domain: Domain) -> Change:
    workflow = await added_workflow(domain)
    async with domain.begin("move_workflow") as transaction:
        row = await a_task(transaction, workflow.uuid)
    return lambda transaction: tasks.update_task(
        transaction,
        row.uuid,
        status=TaskStatus.DONE,
        note="AIP copied to target location",
        completed_at=datetime.now(UTC),
    )


async def create_deletion_request(domain: Domain) -> Change:
    aip = await domain.add_aip()
    return lambda transaction: a_deletion_request(transaction, aip.uuid)


async def update_deletion_request(domain: Domain) -> Change:
    aip = await domain.add_aip()
    async with domain.begin("request_aip_deletion") as transaction:
        row = await a_deletion_request(transaction, aip.uuid)
    return lambda transaction: deletion.update_deletion_request(
        transaction, row.uuid, status=DeletionRequestStatus.REJECTED, reviewer=CURATOR
    )


async def added_workflow(domain: Domain) -> WorkflowRow:
    aip = await domain.add_aip()
    async with domain.begin("move_workflow") as transaction:
        return await a_workflow(transaction, aip.uuid)


async def a_workflow(transaction: Transaction[StorageEvent], aip_uuid: UUID) -> WorkflowRow:
    return await workflows.create_workflow(
        transaction,
        uuid=uuid4(),
        temporal_id=f"storage-move-workflow-{aip_uuid}",
        type=WorkflowType.MOVE_AIP,
        status=WorkflowStatus.IN_PROGRESS,
        aip_uuid=aip_uuid,
        started_at=datetime.now(UTC),
    )


async def a_task(transaction: Transaction[StorageEvent], workflow_uuid: UUID) -> TaskRow:
    return await tasks.create_task(
        transaction,
        uuid=uuid4(),
        name="Copy AIP",
        status=TaskStatus.IN_PROGRESS,
        note="Copying AIP to target location",
        workflow_uuid=workflow_uuid,
        started_at=datetime.now(UTC),
    )


async def a_deletion_request(
    transaction: Transaction[StorageEvent], aip_uuid: UUID
) -> DeletionRequestRow:
    return await deletion.create_deletion_request(
        transaction, uuid=uuid4(), aip_uuid=aip_uuid, requester=ARCHIVIST, reason="duplicate"
    )


async def shown(domain: Domain, changed: Any) -> Model:
    """Show an entity as a caller sees it afterwards, read anew."""
    kind = ROWS.get(type(changed), type(changed))
    async with domain.database.read() as session:
        query = select(kind).where(kind.uuid == changed.uuid)
        row: Any = (await session.scalars(query)).one()
    return show(row)


def show(row: Entity) -> Model:
    match row:
        case LocationRow():
            return items.location(row)
        case AIPRow():
            return items.aip(row)
        case WorkflowRow():
            return items.workflow_simple(row)
        case TaskRow():
            return items.task(row)
        case DeletionRequestRow():
            return items.deletion_request(row)


CASES = {
    "create_location": (create_location, "create_location", "location_created_event"),
    "update_location": (update_location, "update_location", "location_updated_event"),
    "create_aip": (create_aip, "create_aip", "aip_created_event"),
    "update_aip_status": (update_aip_status, "move_workflow", "aip_updated_event"),
    "move_aip": (move_aip, "move_workflow", "aip_updated_event"),
    "reject_aip": (reject_aip, "reject_aip", "aip_updated_event"),
    "create_workflow": (create_workflow, "move_workflow", "aip_workflow_created_event"),
    "update_workflow": (update_workflow, "move_workflow", "aip_workflow_updated_event"),
    "create_task": (create_task, "move_workflow", "aip_task_created_event"),
    "update_task": (update_task, "move_workflow", "aip_task_updated_event"),
    "create_deletion_request": (
        create_deletion_request,
        "request_aip_deletion",
        "deletion_request_created_event",
    ),
    "update_deletion_request": (
        update_deletion_request,
        "review_aip_deletion",
        "deletion_request_updated_event",
    ),
}


class Refused(Exception):
    """Something after the change went wrong."""


@pytest.mark.parametrize(("prepare", "operation", "tag"), CASES.values(), ids=CASES)
async def test_a_change_publishes_the_entity_as_everybody_will_see_it(
    domain: Domain, prepare: Callable[[Domain], Awaitable[Change]], operation: str, tag: str
) -> None:
    change = await prepare(domain)
    before = await domain.events.head()

    async with domain.begin(operation) as transaction:
        changed = await change(transaction)

    [event] = await domain.logged(before.position)
    item = json.loads((await shown(domain, changed)).to_json())
    assert (event.tag, event.subject) == (tag, str(changed.uuid))
    assert json.loads(event.payload) == {"uuid": str(changed.uuid), "item": item}
    assert (event.operation, event.actor) == (operation, "https://id.test 1")
    assert event.position == before.position + 1


@pytest.mark.parametrize(("prepare", "operation", "tag"), CASES.values(), ids=CASES)
async def test_a_change_that_is_rolled_back_takes_its_event_with_it(
    domain: Domain, prepare: Callable[[Domain], Awaitable[Change]], operation: str, tag: str
) -> None:
    change = await prepare(domain)
    before = await domain.events.head()

    async def refused() -> None:
        async with domain.begin(operation) as transaction:
            await change(transaction)
            assert [event.tag for event in transaction.events] == [tag]
            raise Refused

    with pytest.raises(Refused):
        await refused()

    assert await domain.logged(before.position) == []
    assert await domain.events.head() == before


async def test_no_event_of_a_location_holds_its_configuration(domain: Domain) -> None:
    await domain.add_location()
    [event] = await domain.logged()
    assert b"config" not in event.payload
    assert str(domain.root).encode() not in event.payload


async def test_an_event_of_a_deletion_request_names_people_but_not_who_they_are(
    domain: Domain,
) -> None:
    change = await update_deletion_request(domain)
    async with domain.begin("review_aip_deletion") as transaction:
        await change(transaction)
    *_, event = await domain.logged()
    assert json.loads(event.payload)["item"]["reviewer"] == "Curator"
    assert b"id.test" not in event.payload.replace(b"archivist@test", b"")
