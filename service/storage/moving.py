"""Moving a package to another location: asking for it, and asking whether it is done.

The work itself is ``move_workflow.py``.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.errors import FailedDependency, NotAvailable, NotFound, NotValid
from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, MoveStatus, WorkflowStatus, WorkflowType
from runtime.database.engine import Database
from runtime.durable.engine import AlreadyRunning, RunStatus, WorkflowEngine
from runtime.events.transaction import Transaction
from runtime.model import Model
from service.storage.aips import NIL, allowed, find_aip, find_aip_to_change, update_aip_status
from service.storage.blobs.store import InvalidLocation
from service.storage.configurations import Configurations
from service.storage.deletion import find_open_request
from service.storage.locations import find_location
from service.storage.states import BECOMES, Action
from service.storage.workflows import latest_status

MOVE_WORKFLOW: Final = "move_workflow"
"""The name of the workflow, in the design and in the records of the engine."""


class Move(Model):
    """What is moved, from where to where, and the status to restore should it fail.

    No location is the internal one.  This is the recorded input of the workflow.
    """

    aip_uuid: UUID
    source: UUID | None
    target: UUID | None
    status: AIPStatus

    @property
    def identifier(self) -> str:
        """The engine's name for the work, which clients see as ``temporal_id``."""
        return move_identifier(self.aip_uuid)


def move_identifier(aip_uuid: UUID) -> str:
    """Name the move of a package: there is one at a time."""
    return f"storage-move-workflow-{aip_uuid}"


async def move_aip(
    transaction: Transaction[StorageEvent],
    engine: WorkflowEngine[StorageEvent],
    configurations: Configurations,
    uuid: UUID,
    location_uuid: UUID,
) -> None:
    """Begin to move a package; the nil UUID is the internal location.

    Status, event and the record of the work commit together.

    Raises:
        NotFound: There is no such package.
        NotValid: There is no such target, or it cannot be opened.
        NotAvailable: Its status forbids it, it is there already, somebody wants it deleted, or it
            is being moved.
    """
    row = await find_aip_to_change(transaction.session, uuid)
    target = None if location_uuid == NIL else location_uuid
    allowed(Action.MOVE, row)
    if row.location_uuid == target:
        raise NotAvailable("the AIP is in this location already")
    if await find_open_request(transaction.session, uuid) is not None:
        raise NotAvailable("the AIP has an open deletion request")
    await _check_target(transaction.session, configurations, target)
    move = Move(aip_uuid=uuid, source=row.location_uuid, target=target, status=row.status)
    await update_aip_status(transaction, row, was=row.status, becomes=BECOMES[Action.MOVE])
    try:
        await engine.start(
            transaction, MOVE_WORKFLOW, move.identifier, move.model_dump(mode="json")
        )
    except AlreadyRunning as error:
        raise NotAvailable("the AIP is being moved") from error


async def move_status(
    database: Database, engine: WorkflowEngine[StorageEvent], uuid: UUID
) -> MoveStatus:
    """Tell whether the latest move of a package is done.

    Raises:
        NotFound: There is no such package.
        FailedDependency: It was never moved, or the latest move failed or was canceled.
    """
    status = await engine.status(move_identifier(uuid))
    async with database.read() as session:
        await find_aip(session, uuid)
        if status is RunStatus.NONE:
            # The engine forgets in time how a run ended; the history that people see does not.
            latest = await latest_status(session, uuid, WorkflowType.MOVE_AIP)
            status = RunStatus.COMPLETED if latest is WorkflowStatus.DONE else RunStatus.FAILED
    if status in (RunStatus.FAILED, RunStatus.CANCELED):
        raise FailedDependency("cannot perform operation")
    return MoveStatus(done=status is RunStatus.COMPLETED)


async def _check_target(
    session: AsyncSession, configurations: Configurations, target: UUID | None
) -> None:
    if target is None:
        return
    try:
        location = await find_location(session, target)
        configurations.stores.open(configurations.of(location))
    except NotFound as error:
        raise NotValid(f"location {target} not found") from error
    except InvalidLocation as error:
        raise NotValid(f"location {target} cannot be used: {error}") from error
