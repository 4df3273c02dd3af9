"""Workflows and their tasks, as people follow them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from generated.storage.models import (
    AIPWorkflow,
    AIPWorkflows,
    TaskStatus,
    WorkflowStatus,
    WorkflowType,
)
from service.storage import tasks, workflows
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines


async def add_workflow(domain: Domain, aip: UUID, type: WorkflowType, *names: str) -> UUID:
    uuid = uuid4()
    async with domain.begin("move_workflow") as transaction:
        await workflows.create_workflow(
            transaction,
            uuid=uuid,
            temporal_id=f"run-{uuid}",
            type=type,
            status=WorkflowStatus.IN_PROGRESS,
            aip_uuid=aip,
            started_at=datetime.now(UTC),
        )
        for name in names:
            await tasks.create_task(
                transaction,
                uuid=uuid4(),
                name=name,
                status=TaskStatus.IN_PROGRESS,
                workflow_uuid=uuid,
            )
    return uuid


async def listed(
    domain: Domain,
    aip: UUID,
    status: WorkflowStatus | None = None,
    type: WorkflowType | None = None,
) -> AIPWorkflows:
    async with domain.database.read() as session:
        return await workflows.list_aip_workflows(session, aip, status=status, type=type)


def uuids(found: AIPWorkflows) -> list[UUID]:
    return [workflow.uuid for workflow in found.workflows or []]


async def test_workflows_and_tasks_are_listed_oldest_first(domain: Domain) -> None:
    aip = (await domain.add_aip()).uuid
    first = await add_workflow(domain, aip, WorkflowType.MOVE_AIP, "Copy AIP", "Delete AIP")
    second = await add_workflow(domain, aip, WorkflowType.DELETE_AIP)
    found = await listed(domain, aip)
    assert uuids(found) == [first, second]
    shown: list[AIPWorkflow] = found.workflows or []
    assert [task.name for task in shown[0].tasks or []] == ["Copy AIP", "Delete AIP"]
    assert b"tasks" not in shown[1].to_json()
    assert b"note" not in shown[0].to_json()


async def test_workflows_are_filtered_by_status_and_type(domain: Domain) -> None:
    aip = (await domain.add_aip()).uuid
    move = await add_workflow(domain, aip, WorkflowType.MOVE_AIP)
    delete = await add_workflow(domain, aip, WorkflowType.DELETE_AIP)
    async with domain.begin("move_workflow") as transaction:
        await workflows.update_workflow(
            transaction, move, status=WorkflowStatus.DONE, completed_at=datetime.now(UTC)
        )
    assert uuids(await listed(domain, aip, status=WorkflowStatus.DONE)) == [move]
    assert uuids(await listed(domain, aip, type=WorkflowType.DELETE_AIP)) == [delete]
    assert uuids(await listed(domain, aip, WorkflowStatus.DONE, WorkflowType.DELETE_AIP)) == []


@pytest.mark.parametrize("known", [True, False])
async def test_without_workflows_there_is_no_list_at_all(domain: Domain, known: bool) -> None:
    aip = (await domain.add_aip()).uuid if known else uuid4()
    assert (await listed(domain, aip)).to_json() == b"{}"


async def test_a_task_keeps_its_note_until_it_gets_another(domain: Domain) -> None:
    workflow = await add_workflow(domain, (await domain.add_aip()).uuid, WorkflowType.MOVE_AIP)
    uuid = uuid4()
    async with domain.begin("move_workflow") as transaction:
        await tasks.create_task(
            transaction,
            uuid=uuid,
            name="Copy AIP",
            status=TaskStatus.IN_PROGRESS,
            workflow_uuid=workflow,
            note="Copying",
        )
        kept = await tasks.update_task(transaction, uuid, status=TaskStatus.PENDING)
        assert kept.note == "Copying"
        changed = await tasks.update_task(transaction, uuid, status=TaskStatus.DONE, note="Copied")
        assert changed.note == "Copied"
