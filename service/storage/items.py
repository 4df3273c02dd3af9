"""Rows as the models of the design: the one way to show an entity, in answers and in events."""

from __future__ import annotations

from generated.storage.models import (
    AIP,
    AIPTask,
    AIPWorkflow,
    AIPWorkflowSimple,
    DeletionRequest,
    LocationDefault,
)
from service.storage.rows import AIPRow, DeletionRequestRow, LocationRow, TaskRow, WorkflowRow


def aip(row: AIPRow) -> AIP:
    """Show a package."""
    return AIP(
        name=row.name,
        uuid=row.uuid,
        status=row.status,
        object_key=row.object_key,
        location_uuid=row.location_uuid,
        created_at=row.created_at,
        deletion_report_key=row.deletion_report_key or None,
    )


def location(row: LocationRow) -> LocationDefault:
    """Show a location: its description even when empty, its configuration never."""
    return LocationDefault(
        name=row.name,
        description=row.description,
        source=row.source,
        purpose=row.purpose,
        uuid=row.uuid,
        created_at=row.created_at,
    )


def workflow(row: WorkflowRow) -> AIPWorkflow:
    """Show a workflow with its tasks, which must have been loaded; no tasks are left out."""
    return AIPWorkflow(
        uuid=row.uuid,
        temporal_id=row.temporal_id,
        type=row.type,
        status=row.status,
        started_at=row.started_at,
        completed_at=row.completed_at,
        aip_uuid=row.aip_uuid,
        tasks=[task(each) for each in row.tasks] or None,
    )


def workflow_simple(row: WorkflowRow) -> AIPWorkflowSimple:
    """Show a workflow without its tasks."""
    return AIPWorkflowSimple(
        uuid=row.uuid,
        temporal_id=row.temporal_id,
        type=row.type,
        status=row.status,
        started_at=row.started_at,
        completed_at=row.completed_at,
        aip_uuid=row.aip_uuid,
    )


def task(row: TaskRow) -> AIPTask:
    """Show a task; an empty note is left out."""
    return AIPTask(
        uuid=row.uuid,
        name=row.name,
        status=row.status,
        started_at=row.started_at,
        completed_at=row.completed_at,
        note=row.note or None,
        workflow_uuid=row.workflow_uuid,
    )


def deletion_request(row: DeletionRequestRow) -> DeletionRequest:
    """Show a deletion request: the names of people, never their subjects or issuers."""
    return DeletionRequest(
        uuid=row.uuid,
        aip_uuid=row.aip_uuid,
        workflow_uuid=row.workflow_uuid,
        reason=row.reason,
        status=row.status,
        requester=row.requester,
        requested_at=row.requested_at,
        reviewer=row.reviewer,
        reviewed_at=row.reviewed_at,
    )
