"""The tables of the storage domain.

Every entity has a number, in whose order rows are listed (oldest first; packages newest first, by
the moment of their record and then the number), and a UUID, by which everything else refers to it.
Times become UTC in whole seconds when they enter a row, so that an event built in the transaction
and an answer read later say the same (contract, storage.md section 1).

A change of a row goes through the domain functions only: they publish its event in the same
transaction, and the tests' guard refuses a commit that does not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from generated.storage.models import (
    AIPStatus,
    DeletionRequestStatus,
    LocationPurpose,
    LocationSource,
    TaskStatus,
    WorkflowStatus,
    WorkflowType,
)
from runtime.database.types import UTCDateTime
from service.storage.columns import RowId, UUIDText, choice

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}


class Row(DeclarativeBase):
    """A row of the storage domain."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UTCDateTime, UUID: UUIDText}  # noqa: RUF012  SQLAlchemy's own form

    @validates(
        "created_at",
        "started_at",
        "completed_at",
        "requested_at",
        "reviewed_at",
        include_backrefs=False,
    )
    def _whole_seconds(self, _name: str, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs a zone: nobody knows which moment this is")
        return value.astimezone(UTC).replace(microsecond=0)


class LocationRow(Row):
    """A place where packages lie.  ``config`` is sealed (``service.storage.sealing``)."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(2048))
    description: Mapped[str] = mapped_column(String(2048), default="")
    source: Mapped[LocationSource] = mapped_column(choice(LocationSource))
    purpose: Mapped[LocationPurpose] = mapped_column(choice(LocationPurpose))
    config: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class AIPRow(Row):
    """A package.  Without ``location_uuid`` it lies in the internal location."""

    __tablename__ = "aip"
    __table_args__ = (Index(None, "location_uuid"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(2048))
    status: Mapped[AIPStatus] = mapped_column(choice(AIPStatus))
    object_key: Mapped[UUID] = mapped_column(unique=True)
    location_uuid: Mapped[UUID | None] = mapped_column(
        ForeignKey(LocationRow.uuid, ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    deletion_report_key: Mapped[str | None] = mapped_column(String(1024))


AIPS_BY_MOMENT: Final = Index(None, AIPRow.created_at, AIPRow.id)
AIPS_BY_STATUS: Final = Index(None, AIPRow.status, AIPRow.created_at, AIPRow.id)
"""In the order of the list: a page is read off one of them, and nothing is sorted."""


class WorkflowRow(Row):
    """A piece of work on a package."""

    __tablename__ = "workflow"
    __table_args__ = (Index(None, "aip_uuid"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    temporal_id: Mapped[str] = mapped_column(String(255))
    type: Mapped[WorkflowType] = mapped_column(choice(WorkflowType))
    status: Mapped[WorkflowStatus] = mapped_column(choice(WorkflowStatus))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    aip_uuid: Mapped[UUID] = mapped_column(ForeignKey(AIPRow.uuid, ondelete="CASCADE"))

    tasks: Mapped[list[TaskRow]] = relationship(lazy="raise", order_by="TaskRow.id", viewonly=True)


class TaskRow(Row):
    """A step of a workflow."""

    __tablename__ = "task"
    __table_args__ = (Index(None, "workflow_uuid"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(2048))
    status: Mapped[TaskStatus] = mapped_column(choice(TaskStatus))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    workflow_uuid: Mapped[UUID] = mapped_column(ForeignKey(WorkflowRow.uuid, ondelete="CASCADE"))


class DeletionRequestRow(Row):
    """A wish to delete a package, and what became of it.

    ``requester`` and ``reviewer`` are names for people; issuer and subject tell who they are, and
    never leave the service.
    """

    __tablename__ = "deletion_request"
    __table_args__ = (Index(None, "aip_uuid", "status"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    requester: Mapped[str] = mapped_column(String(1024))
    requester_iss: Mapped[str] = mapped_column(String(1024))
    requester_sub: Mapped[str] = mapped_column(String(1024))
    reviewer: Mapped[str | None] = mapped_column(String(1024))
    reviewer_iss: Mapped[str | None] = mapped_column(String(1024))
    reviewer_sub: Mapped[str | None] = mapped_column(String(1024))
    reason: Mapped[str] = mapped_column(String(2048))
    status: Mapped[DeletionRequestStatus] = mapped_column(choice(DeletionRequestStatus))
    requested_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    aip_uuid: Mapped[UUID] = mapped_column(ForeignKey(AIPRow.uuid, ondelete="CASCADE"))
    workflow_uuid: Mapped[UUID | None] = mapped_column(
        ForeignKey(WorkflowRow.uuid, ondelete="SET NULL"), unique=True
    )
