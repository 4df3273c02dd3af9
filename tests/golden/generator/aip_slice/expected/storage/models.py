"""Types of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictStr

from runtime.model import DateTime, Int64, Model, is_none


class AIPStatus(StrEnum):
    """Where a package stands."""

    UNSPECIFIED = "unspecified"
    STORED = "stored"
    PENDING = "pending"
    PROCESSING = "processing"
    DELETED = "deleted"
    QUEUED = "queued"


class AIP(Model):
    """An archival information package."""

    name: StrictStr
    uuid: UUID
    status: AIPStatus
    object_key: UUID
    location_uuid: Annotated[UUID | None, Field(exclude_if=is_none)] = None
    created_at: DateTime
    deletion_report_key: Annotated[StrictStr | None, Field(exclude_if=is_none)] = None


class CreateAIP(Model):
    """A package to record."""

    uuid: UUID
    name: Annotated[StrictStr, Field(max_length=2048)]
    object_key: UUID
    status: AIPStatus = AIPStatus.UNSPECIFIED
    location_uuid: Annotated[UUID | None, Field(exclude_if=is_none)] = None


class Page(Model):
    """Which part of a list this is."""

    limit: Int64
    offset: Int64
    total: Int64


class AIPs(Model):
    """A page of packages."""

    items: list[AIP]
    page: Page


class NotFound(Model):
    """What was not found."""

    message: StrictStr
    uuid: UUID


class MonitorResetReason(StrEnum):
    """Why a watcher has to load everything again."""

    EXPIRED = "expired"
    OTHER_EPOCH = "other_epoch"
    FUTURE = "future"
    MALFORMED = "malformed"
    FAULT = "fault"
