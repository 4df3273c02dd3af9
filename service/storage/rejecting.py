"""Giving a package up."""

from __future__ import annotations

from uuid import UUID

from generated.storage.events import StorageEvent
from runtime.durable.engine import WorkflowEngine
from runtime.events.transaction import Transaction
from service.storage.aips import allowed, find_aip_to_change, update_aip_status
from service.storage.deleting import withdraw_request
from service.storage.states import BECOMES, Action


async def reject_aip(
    transaction: Transaction[StorageEvent], engine: WorkflowEngine[StorageEvent], uuid: UUID
) -> None:
    """Give a package up; its bytes stay.  Nothing happens to one that is deleted already.

    An open request to delete it is canceled: there is nothing left to decide.

    Raises:
        NotFound: There is no such package.
        NotAvailable: It is being processed.
    """
    row = await find_aip_to_change(transaction.session, uuid)
    if allowed(Action.REJECT, row):
        await update_aip_status(transaction, row, was=row.status, becomes=BECOMES[Action.REJECT])
        await withdraw_request(transaction, engine, uuid)
