"""Packages: what changes them, one function a change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from generated.storage.errors import NotAvailable, NotFound, NotValid
from generated.storage.events import AIPCreatedEvent, AIPUpdatedEvent, StorageEvent
from generated.storage.models import AIP, AIPStatus, CreateAIP
from generated.storage.models import NotFound as NotFoundBody
from runtime.events.transaction import Transaction
from service.storage import items
from service.storage.rows import AIPRow, LocationRow
from service.storage.states import REFUSALS, STATES, Action, Outcome
from service.storage.texts import kept

NIL: Final = UUID(int=0)


_AIP: Final = (
    select(AIPRow).where(AIPRow.uuid == bindparam("uuid")).execution_options(populate_existing=True)
)
_AIP_TO_CHANGE: Final = _AIP.with_for_update(key_share=True)
_CHANGE: Final = update(AIPRow).where(
    AIPRow.uuid == bindparam("this"), AIPRow.status == bindparam("was")
)
_NEW: Final = insert(AIPRow).inline()
_NEW_VALUES: Final = [column.key for column in AIPRow.__table__.columns if column.key != "id"]
# Made once, and past the unit of work: otherwise every request pays for it.


async def create_aip(transaction: Transaction[StorageEvent], body: CreateAIP) -> AIP:
    """Record a package, and return it as its event shows it.

    Raises:
        NotValid: The location is unknown, an identifier is in use, or the name cannot be kept.
    """
    await _check_location(transaction.session, body.location_uuid)
    row = AIPRow(
        uuid=body.uuid,
        name=kept("name", body.name),
        status=body.status,
        object_key=body.object_key,
        location_uuid=body.location_uuid,
        created_at=datetime.now(UTC),
    )
    await _insert(transaction.session, row)
    item = items.aip(row)
    transaction.publish(lambda: AIPCreatedEvent(uuid=item.uuid, item=item))
    return item


async def update_aip_status(
    transaction: Transaction[StorageEvent], row: AIPRow, *, was: AIPStatus, becomes: AIPStatus
) -> None:
    """Change the status of a package that was found to be changed.

    Raises:
        NotAvailable: Its status is another than ``was``.
    """
    await _change(transaction, row, was=was, status=becomes)


async def report_deletion(transaction: Transaction[StorageEvent], row: AIPRow, *, key: str) -> None:
    """Say where the report on the deletion of a package lies that was found to be changed.

    Raises:
        NotAvailable: It is not deleted.
    """
    await _change(transaction, row, was=AIPStatus.DELETED, deletion_report_key=key)


async def relocate_aip(
    transaction: Transaction[StorageEvent],
    row: AIPRow,
    *,
    was: AIPStatus,
    becomes: AIPStatus,
    location_uuid: UUID | None,
) -> None:
    """Say where a package that was found to be changed lies now, together with its status.

    ``None`` is the internal location.

    Raises:
        NotAvailable: Its status is another than ``was``.
    """
    await _change(transaction, row, was=was, status=becomes, location_uuid=location_uuid)


def allowed(action: Action, row: AIPRow) -> bool:
    """Tell whether there is anything to do.

    Raises:
        NotAvailable, NotValid: The package's status refuses the action.
    """
    outcome = STATES[action][row.status]
    if outcome is Outcome.REFUSED:
        if action in REFUSALS:
            raise NotValid(REFUSALS[action])
        raise NotAvailable(f"cannot {action} an AIP that is {row.status}")
    return outcome is Outcome.DONE


async def find_aip(session: AsyncSession, uuid: UUID) -> AIPRow:
    """Read one package, as it is now.

    Raises:
        NotFound: There is no such package.
    """
    return await _found(session, uuid, _AIP)


async def find_aip_to_change(session: AsyncSession, uuid: UUID) -> AIPRow:
    """Read one package, and let nobody else change it until the transaction ends.

    Whoever changes a package and what belongs to it does this first, so that no two of them wait
    for each other.

    Raises:
        NotFound: There is no such package.
    """
    return await _found(session, uuid, _AIP_TO_CHANGE)


async def _found(session: AsyncSession, uuid: UUID, query: Select[AIPRow]) -> AIPRow:
    row = await session.scalar(query, {"uuid": uuid})
    if row is None:
        raise NotFound(NotFoundBody(message="AIP not found", uuid=uuid))
    return row


async def _change(
    transaction: Transaction[StorageEvent],
    row: AIPRow,
    *,
    was: AIPStatus,
    **values: AIPStatus | UUID | str | None,
) -> None:
    connection = await transaction.session.connection()
    changed = await connection.execute(_CHANGE, {"this": row.uuid, "was": was, **values})
    if not changed.rowcount:
        raise NotAvailable("the AIP was changed by somebody else: look again and repeat")
    # The row is locked, so the rest of it is as it was read: no need to read it again.
    for name, value in values.items():
        set_committed_value(row, name, value)
    transaction.publish(lambda: AIPUpdatedEvent(uuid=row.uuid, item=items.aip(row)))


async def _check_location(session: AsyncSession, uuid: UUID | None) -> None:
    if uuid == NIL:
        raise NotValid("location_uuid cannot be the nil UUID")
    if uuid is not None and not await session.scalar(
        select(exists().where(LocationRow.uuid == uuid))
    ):
        raise NotValid(f"location {uuid} not found")


async def _insert(session: AsyncSession, row: AIPRow) -> None:
    connection = await session.connection()
    values = {name: getattr(row, name) for name in _NEW_VALUES}
    try:
        await connection.execute(_NEW, values)
    except IntegrityError as error:
        raise NotValid("an AIP with this uuid or object_key exists already") from error
