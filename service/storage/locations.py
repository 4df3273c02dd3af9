"""Locations: the places where packages lie."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.errors import NotFound
from generated.storage.events import LocationCreatedEvent, LocationUpdatedEvent, StorageEvent
from generated.storage.models import AIP, CreateLocation, LocationDefault, UpdateLocation
from generated.storage.models import NotFound as NotFoundBody
from runtime.events.transaction import Transaction
from service.storage import items
from service.storage.configurations import Configurations
from service.storage.rows import AIPRow, LocationRow
from service.storage.texts import kept


async def create_location(
    transaction: Transaction[StorageEvent], configurations: Configurations, body: CreateLocation
) -> LocationRow:
    """Record a location, its configuration sealed.

    Raises:
        NotValid: The configuration is incomplete, of a kind that cannot be used, or a folder
            outside those that are allowed; or a text cannot be kept.
    """
    row = LocationRow(
        uuid=uuid4(),
        name=kept("name", body.name),
        description=kept("description", body.description or ""),
        source=body.source,
        purpose=body.purpose,
        config=configurations.sealed(body.config),
        created_at=datetime.now(UTC),
    )
    transaction.session.add(row)
    await transaction.session.flush()
    transaction.publish(lambda: LocationCreatedEvent(uuid=row.uuid, item=items.location(row)))
    return row


async def update_location(
    transaction: Transaction[StorageEvent], uuid: UUID, body: UpdateLocation
) -> LocationDefault:
    """Change a location's name or description; what is not given stays.

    Nothing is published where nothing changes.  Returns the location as its event shows it.

    Raises:
        NotFound: There is no such location.
        NotValid: A text cannot be kept.
    """
    row = await _found(
        transaction.session, uuid, select(LocationRow).with_for_update(key_share=True)
    )
    row.name = row.name if body.name is None else kept("name", body.name)
    row.description = (
        row.description if body.description is None else kept("description", body.description)
    )
    item = items.location(row)
    if transaction.session.is_modified(row):
        await transaction.session.flush()
        transaction.publish(lambda: LocationUpdatedEvent(uuid=item.uuid, item=item))
    return item


async def list_locations(session: AsyncSession) -> list[LocationDefault]:
    """Read all locations, oldest first."""
    rows = await session.scalars(select(LocationRow).order_by(LocationRow.id))
    return [items.location(row) for row in rows]


async def list_location_aips(session: AsyncSession, uuid: UUID) -> list[AIP]:
    """Read the packages of a location, oldest first; an unknown location has none."""
    rows = await session.scalars(
        select(AIPRow).where(AIPRow.location_uuid == uuid).order_by(AIPRow.id)
    )
    return [items.aip(row) for row in rows]


async def find_location(session: AsyncSession, uuid: UUID) -> LocationRow:
    """Read one location.

    Raises:
        NotFound: There is no such location.
    """
    return await _found(session, uuid, select(LocationRow))


async def _found(session: AsyncSession, uuid: UUID, query: Select[LocationRow]) -> LocationRow:
    row = await session.scalar(query.where(LocationRow.uuid == uuid))
    if row is None:
        raise NotFound(NotFoundBody(message="location not found", uuid=uuid))
    return row
