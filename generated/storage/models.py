"""Types of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictStr
from typing_extensions import TypeAliasType

from runtime.model import DateTime, Int64, Model, NonNilUUID, is_none


class AIPStatus(StrEnum):
    """Where a package stands: `stored` in its location, `pending` while somebody has to decide,
    `processing` while it is moved or deleted, `queued` before the first of these.
    """

    UNSPECIFIED = "unspecified"
    STORED = "stored"
    PENDING = "pending"
    PROCESSING = "processing"
    DELETED = "deleted"
    QUEUED = "queued"


class AIP(Model):
    """An archival information package."""

    name: StrictStr
    """What people call it."""
    uuid: UUID
    status: AIPStatus
    object_key: UUID
    """The identifier of its bytes."""
    location_uuid: Annotated[UUID | None, Field(exclude_if=is_none)] = None
    """The location it is in; absent for the internal one."""
    created_at: DateTime
    deletion_report_key: Annotated[StrictStr | None, Field(exclude_if=is_none)] = None
    """Where the report on its deletion lies, if any."""


class Page(Model):
    """Which part of a list this is."""

    limit: Int64
    """How many items it has at most."""
    offset: Int64
    """How many items come before it."""
    total: Int64
    """How many items there are in all."""


class AIPs(Model):
    """Part of the list of packages."""

    items: list[AIP]
    page: Page


class MoveAIP(Model):
    """Where to move a package."""

    location_uuid: UUID
    """The location to move it to; the nil UUID stands for the internal one."""


class MoveStatus(Model):
    """How far a move has come."""

    done: StrictBool
    """Whether the package has arrived."""


Identifier = TypeAliasType("Identifier", NonNilUUID)
"""A UUID that names something; the nil UUID names nothing and is refused."""


class NotFound(Model):
    """What was looked for, and not found."""

    message: StrictStr
    """Which kind of thing is not there."""
    uuid: UUID
    """The identifier that was looked for."""


class DeletionRequestStatus(StrEnum):
    """What was decided about a request."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELED = "canceled"


class DeletionRequest(Model):
    """Somebody's wish to have a package deleted, and what became of it."""

    uuid: UUID
    aip_uuid: UUID
    """The package to delete."""
    workflow_uuid: Annotated[UUID | None, Field(exclude_if=is_none)] = None
    """The workflow that handles the request."""
    reason: StrictStr
    """Why, in the requester's words."""
    status: DeletionRequestStatus
    requester: StrictStr
    """Who asked, by the name that people know."""
    requested_at: DateTime
    reviewer: Annotated[StrictStr | None, Field(exclude_if=is_none)] = None
    """Who decided, by the name that people know."""
    reviewed_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None


class AutoDeleteAIP(Model):
    """A deletion that nobody reviews."""

    reason: Annotated[StrictStr, Field(max_length=2048)]
    """Why the package is deleted."""
    skip_report: StrictBool = False
    """Whether to write no report about it."""


class RequestAIPDeletion(Model):
    """A wish to have a package deleted."""

    reason: Annotated[StrictStr, Field(max_length=2048)]
    """Why it should be deleted."""


class ReviewAIPDeletion(Model):
    """A decision about a request."""

    approved: StrictBool
    """Whether the package is deleted."""


class CancelAIPDeletion(Model):
    """Taking a request back."""

    check: StrictBool = False
    """Only ask whether the caller could take it back; nothing changes."""


class LocationSource(StrEnum):
    """What kind of place a location is."""

    UNSPECIFIED = "unspecified"
    S3 = "s3"
    SFTP = "sftp"
    AMSS = "amss"
    FILESYSTEM = "filesystem"


class LocationPurpose(StrEnum):
    """What a location is for."""

    UNSPECIFIED = "unspecified"
    AIP_STORE = "aip_store"


class S3Config(Model):
    """A bucket of an object store that speaks S3."""

    bucket: Annotated[StrictStr, Field(max_length=255)]
    """The name of the bucket."""
    region: Annotated[StrictStr, Field(max_length=64)]
    """The region it is in."""
    endpoint: Annotated[
        Annotated[StrictStr, Field(max_length=2048)] | None, Field(exclude_if=is_none)
    ] = None
    """The address of the store, if it is not the one of the region."""
    path_style: Annotated[StrictBool | None, Field(exclude_if=is_none)] = None
    """Whether the bucket's name goes into the path of a URL."""
    profile: Annotated[
        Annotated[StrictStr, Field(max_length=1024)] | None, Field(exclude_if=is_none)
    ] = None
    """A named set of credentials that the service knows."""
    key: Annotated[
        Annotated[StrictStr, Field(max_length=1024)] | None, Field(exclude_if=is_none)
    ] = None
    """The access key."""
    secret: Annotated[
        Annotated[StrictStr, Field(max_length=1024)] | None, Field(exclude_if=is_none)
    ] = None
    """The secret that belongs to the key."""
    token: Annotated[
        Annotated[StrictStr, Field(max_length=8192)] | None, Field(exclude_if=is_none)
    ] = None
    """A session token, for credentials that expire."""


class URLConfig(Model):
    """A place that a URL names, such as a folder."""

    url: Annotated[StrictStr, Field(max_length=8192)]
    """The URL, with its scheme."""


class SFTPConfig(Model):
    """A folder on a server that speaks SFTP."""

    address: Annotated[StrictStr, Field(max_length=2048)]
    """Host and port."""
    username: Annotated[StrictStr, Field(max_length=1024)]
    password: Annotated[StrictStr, Field(max_length=1024)]
    directory: Annotated[StrictStr, Field(max_length=4096)]
    """The folder that holds the packages."""


class AMSSConfig(Model):
    """A storage service of Archivematica."""

    api_key: Annotated[StrictStr, Field(max_length=1024)]
    url: Annotated[StrictStr, Field(max_length=2048)]
    username: Annotated[StrictStr, Field(max_length=1024)]


class LocationConfigS3(Model):
    """The choice of ``S3Config`` in ``LocationConfig``."""

    type: Literal["s3"] = "s3"
    value: S3Config


class LocationConfigUrl(Model):
    """The choice of ``URLConfig`` in ``LocationConfig``."""

    type: Literal["url"] = "url"
    value: URLConfig


class LocationConfigSftp(Model):
    """The choice of ``SFTPConfig`` in ``LocationConfig``."""

    type: Literal["sftp"] = "sftp"
    value: SFTPConfig


class LocationConfigAmss(Model):
    """The choice of ``AMSSConfig`` in ``LocationConfig``."""

    type: Literal["amss"] = "amss"
    value: AMSSConfig


LocationConfig = TypeAliasType(
    "LocationConfig",
    Annotated[
        LocationConfigS3 | LocationConfigUrl | LocationConfigSftp | LocationConfigAmss,
        Field(discriminator="type"),
    ],
)
"""How a location is reached.  It may hold secrets, and no answer and no event carries it."""


class LocationDefault(Model):
    """A place where packages are kept."""

    name: StrictStr
    """What people call it."""
    description: Annotated[StrictStr | None, Field(exclude_if=is_none)] = None
    """What people should know about it."""
    source: LocationSource
    purpose: LocationPurpose
    uuid: UUID
    created_at: DateTime


class CreateLocation(Model):
    """A location to add."""

    name: Annotated[StrictStr, Field(max_length=2048)]
    """What people will call it."""
    description: Annotated[
        Annotated[StrictStr, Field(max_length=2048)] | None, Field(exclude_if=is_none)
    ] = None
    """What people should know about it."""
    source: LocationSource
    purpose: LocationPurpose
    config: LocationConfig


class UpdateLocation(Model):
    """What to change about a location; what is absent stays as it is."""

    name: Annotated[
        Annotated[StrictStr, Field(max_length=2048)] | None, Field(exclude_if=is_none)
    ] = None
    """What people will call it."""
    description: Annotated[
        Annotated[StrictStr, Field(max_length=2048)] | None, Field(exclude_if=is_none)
    ] = None
    """What people should know about it."""


class CreatedLocation(Model):
    """A location that was added."""

    uuid: UUID
    """Its identifier."""


class MonitorResetReason(StrEnum):
    """Why a watcher has to load everything again: its position is too old (`expired`), belongs
    to a database from before a restore (`other_epoch`), was never reached (`future`), is no
    position at all (`malformed`), or the service lost an event (`fault`).
    """

    EXPIRED = "expired"
    OTHER_EPOCH = "other_epoch"
    FUTURE = "future"
    MALFORMED = "malformed"
    FAULT = "fault"


class WorkflowType(StrEnum):
    """What a workflow does to its package."""

    UNSPECIFIED = "unspecified"
    UPLOAD_AIP = "upload aip"
    MOVE_AIP = "move aip"
    DELETE_AIP = "delete aip"


class WorkflowStatus(StrEnum):
    """How far a workflow has come; `pending` waits for a person."""

    UNSPECIFIED = "unspecified"
    IN_PROGRESS = "in progress"
    DONE = "done"
    ERROR = "error"
    QUEUED = "queued"
    PENDING = "pending"
    CANCELED = "canceled"


class TaskStatus(StrEnum):
    """How far a task has come; `pending` waits for a person."""

    UNSPECIFIED = "unspecified"
    IN_PROGRESS = "in progress"
    DONE = "done"
    ERROR = "error"
    QUEUED = "queued"
    PENDING = "pending"


class AIPTask(Model):
    """One step of a workflow."""

    uuid: UUID
    name: StrictStr
    """What the step does, in words."""
    status: TaskStatus
    started_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    completed_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    note: Annotated[StrictStr | None, Field(exclude_if=is_none)] = None
    """What came of it, in words."""
    workflow_uuid: UUID
    """The workflow it is part of."""


class AIPWorkflow(Model):
    """Work done to a package, in tasks."""

    uuid: UUID
    temporal_id: StrictStr
    """The name under which the workflow runs."""
    type: WorkflowType
    status: WorkflowStatus
    started_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    completed_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    aip_uuid: UUID
    """The package it is done to."""
    tasks: Annotated[list[AIPTask] | None, Field(exclude_if=is_none)] = None
    """Its tasks, the oldest first; absent if there is none."""


class AIPWorkflowSimple(Model):
    """Work done to a package, in tasks."""

    uuid: UUID
    temporal_id: StrictStr
    """The name under which the workflow runs."""
    type: WorkflowType
    status: WorkflowStatus
    started_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    completed_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    aip_uuid: UUID
    """The package it is done to."""


class AIPWorkflows(Model):
    """The workflows of a package."""

    workflows: Annotated[list[AIPWorkflow] | None, Field(exclude_if=is_none)] = None
    """The oldest first; absent if there is none."""


class CreateAIP(Model):
    """A package to register."""

    uuid: Identifier
    name: Annotated[StrictStr, Field(max_length=2048)]
    """What people will call it."""
    object_key: Identifier
    """The identifier of its bytes."""
    status: AIPStatus = AIPStatus.UNSPECIFIED
    location_uuid: Annotated[UUID | None, Field(exclude_if=is_none)] = None
    """The location it is in; absent for the internal one."""
