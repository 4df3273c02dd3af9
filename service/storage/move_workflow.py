"""The move of a package, step by step.

======================= =============================================== ==========================
step                    what it does                                    package is at
======================= =============================================== ==========================
(``move_aip``)          AIP ``processing``, the run recorded            source
``opened``              workflow and task `Copy AIP`, in progress       source
``copy``                bytes copied, read back, checksums compared     source (and target)
``copied``              `Copy AIP` done, **location := target**,        target (and source)
                        task `Delete AIP`, in progress
``delete source``       source bytes deleted                            target
(the end)               `Delete AIP` done, AIP ``stored``,              target
                        workflow done
======================= =============================================== ==========================

The original deletes the source first and says afterwards where the package is; a crash in between
strands it.  Here the row names a place where the whole package lies at every moment: the location
changes once the copy is known to be good, and only then the source goes.  Clients see the tasks
with the same notes in the same order, and the workflow's end last.

A move that a crash cut short goes on where its record ends; a copy begins again.  If a step fails
for good, or somebody cancels the move, ``undo`` brings the package back to where it was:

======================= =============================================== ==========================
``opened``              as above, if it had not come to that
``look at source``      if the location had changed: is the source there still?
``returned``            it is: **location := source**                   source (and target)
``remove copy``         what there is at the target is deleted          source
(the end)               open task and workflow ``error``, AIP status    source
                        as before
======================= =============================================== ==========================

If the source is gone by then, everything a move does has been done, and it ends as done.  If
nobody can tell, the package stays at the target, where its good copy is; the move has failed.

No step deletes bytes without having seen the other copy.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from generated.storage.errors import NotFound
from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, TaskStatus, WorkflowStatus, WorkflowType
from runtime.database.engine import Database
from runtime.durable.engine import Ending, Failure, Retry, Run, RunStatus, StepFailed, Workflow
from runtime.events.transaction import Transaction
from service.storage.aips import find_aip_to_change, relocate_aip
from service.storage.blobs.copying import CopyDiffers, SamePlace, copy_blob, discard_copy
from service.storage.blobs.store import Blob, BlobNotFound, BlobRefused, InvalidKey, InvalidLocation
from service.storage.configurations import Configurations
from service.storage.locations import find_location
from service.storage.moving import MOVE_WORKFLOW, Move
from service.storage.rows import AIPRow
from service.storage.tasks import create_task, update_task
from service.storage.workflows import create_workflow, update_workflow

HOPELESS: Final = (BlobNotFound, BlobRefused, InvalidKey, InvalidLocation, SamePlace)
"""What another try does not mend."""

COPYING: Final = Retry(attempts=5, seconds=1.0, longest=600.0, unless=HOPELESS)
DELETING: Final = Retry(attempts=3, seconds=1.0, unless=HOPELESS)


def move_workflow(
    database: Database,
    configurations: Configurations,
    *,
    copying: Retry = COPYING,
    deleting: Retry = DELETING,
) -> Workflow[StorageEvent]:
    """Make the workflow that moves packages, to register with an engine."""

    def moving(run: Run[StorageEvent]) -> _Moving:
        return _Moving(run, database, configurations, copying, deleting)

    async def perform(run: Run[StorageEvent]) -> Ending[StorageEvent]:
        return await moving(run).perform()

    async def undo(run: Run[StorageEvent], failure: Failure) -> Ending[StorageEvent]:
        return await moving(run).undo(failure)

    return Workflow(name=MOVE_WORKFLOW, work=MOVE_WORKFLOW, perform=perform, undo=undo)


class _Moving:
    """One move; ``perform`` and ``undo`` are deterministic, the other methods do things."""

    def __init__(
        self,
        run: Run[StorageEvent],
        database: Database,
        configurations: Configurations,
        copying: Retry,
        deleting: Retry,
    ) -> None:
        self._run = run
        self._move = Move.model_validate(run.input)
        self._database = database
        self._configurations = configurations
        self._copying = copying
        self._deleting = deleting
        self._workflow = run.uuid_for("workflow")
        self._copy_task = run.uuid_for("copy task")
        self._delete_task = run.uuid_for("delete task")

    async def perform(self) -> Ending[StorageEvent]:
        await self._run.change("opened", self._open)
        size = await self._run.step("copy", self._copy, self._copying)
        await self._run.change("copied", self._copied)

        async def delete_source() -> None:
            await self._delete_source(size)

        await self._run.step("delete source", delete_source, self._deleting)
        return Ending(RunStatus.COMPLETED, self._done)

    async def undo(self, failure: Failure) -> Ending[StorageEvent]:
        await self._run.change("opened", self._open)
        at = self._move.source
        if self._run.done("copied"):
            try:
                if not await self._run.step("look at source", self._source_exists, self._deleting):
                    return Ending(RunStatus.COMPLETED, self._done)
                await self._run.change("returned", self._return)
            except StepFailed:
                at = self._move.target
        if at == self._move.source:
            await self._remove_copy()

        async def failed(transaction: Transaction[StorageEvent]) -> None:
            await self._failed(transaction, str(failure), at)

        return Ending(RunStatus.FAILED, failed)

    async def _remove_copy(self) -> None:
        # Should it fail, the engine logs it; a later copy to the same place replaces what is left.
        with suppress(StepFailed):
            await self._run.step("remove copy", self._discard_copy, self._deleting)

    # activities: each may happen again

    async def _copy(self) -> int:
        source, target = await self._source(), await self._target()
        # What an attempt that a crash cut short had written is nobody's.
        await discard_copy(source, target, self._run.confirm)
        return (await copy_blob(source, target)).size

    async def _delete_source(self, size: int) -> None:
        source, target = await self._source(), await self._target()
        if (await target.store.stat(target.key)).size != size:
            raise CopyDiffers("the copy in the target location has changed")
        await self._run.confirm()
        await source.store.delete(source.key)

    async def _source_exists(self) -> bool:
        source, target = await self._source(), await self._target()
        if await source.store.exists(source.key):
            return True
        await target.store.stat(target.key)  # raises if the package is in neither place
        return False

    async def _discard_copy(self) -> None:
        await discard_copy(await self._source(), await self._target(), self._run.confirm)

    async def _source(self) -> Blob:
        return await self._blob(self._move.source)

    async def _target(self) -> Blob:
        return await self._blob(self._move.target)

    async def _blob(self, location: UUID | None) -> Blob:
        stores = self._configurations.stores
        if location is None:
            return stores.package(self._move.aip_uuid, None)
        async with self._database.read() as session:
            try:
                row = await find_location(session, location)
            except NotFound as error:
                raise InvalidLocation(f"location {location} not found") from error
        return stores.package(self._move.aip_uuid, self._configurations.of(row))

    # changes: each happens once, with the record of its step; the package is locked first

    async def _open(self, transaction: Transaction[StorageEvent]) -> None:
        now = datetime.now(UTC)
        await create_workflow(
            transaction,
            uuid=self._workflow,
            temporal_id=self._run.identifier,
            type=WorkflowType.MOVE_AIP,
            status=WorkflowStatus.IN_PROGRESS,
            aip_uuid=self._move.aip_uuid,
            started_at=now,
        )
        await create_task(
            transaction,
            uuid=self._copy_task,
            name="Copy AIP",
            status=TaskStatus.IN_PROGRESS,
            workflow_uuid=self._workflow,
            note="Copying AIP to target location",
            started_at=now,
        )

    async def _copied(self, transaction: Transaction[StorageEvent]) -> None:
        now = datetime.now(UTC)
        row = await find_aip_to_change(transaction.session, self._move.aip_uuid)
        await update_task(
            transaction,
            self._copy_task,
            status=TaskStatus.DONE,
            note="AIP copied to target location",
            completed_at=now,
        )
        await self._relocate(transaction, row, AIPStatus.PROCESSING, self._move.target)
        await create_task(
            transaction,
            uuid=self._delete_task,
            name="Delete AIP",
            status=TaskStatus.IN_PROGRESS,
            workflow_uuid=self._workflow,
            note="Deleting AIP from source location",
            started_at=now,
        )

    async def _done(self, transaction: Transaction[StorageEvent]) -> None:
        now = datetime.now(UTC)
        row = await find_aip_to_change(transaction.session, self._move.aip_uuid)
        await update_task(
            transaction,
            self._delete_task,
            status=TaskStatus.DONE,
            note="AIP deleted from source location",
            completed_at=now,
        )
        await self._relocate(transaction, row, AIPStatus.STORED, self._move.target)
        await update_workflow(
            transaction, self._workflow, status=WorkflowStatus.DONE, completed_at=now
        )

    async def _return(self, transaction: Transaction[StorageEvent]) -> None:
        row = await find_aip_to_change(transaction.session, self._move.aip_uuid)
        await self._relocate(transaction, row, AIPStatus.PROCESSING, self._move.source)

    async def _failed(
        self, transaction: Transaction[StorageEvent], reason: str, at: UUID | None
    ) -> None:
        now = datetime.now(UTC)
        row = await find_aip_to_change(transaction.session, self._move.aip_uuid)
        if self._run.done("copied"):
            task, note = self._delete_task, "Failed to delete AIP from source location"
        else:
            task, note = self._copy_task, "Failed to copy AIP to target location"
        await update_task(
            transaction,
            task,
            status=TaskStatus.ERROR,
            note=f"{note}\n{reason}",
            completed_at=now,
        )
        await self._relocate(transaction, row, self._move.status, at)
        await update_workflow(
            transaction, self._workflow, status=WorkflowStatus.ERROR, completed_at=now
        )

    async def _relocate(
        self,
        transaction: Transaction[StorageEvent],
        row: AIPRow,
        status: AIPStatus,
        location: UUID | None,
    ) -> None:
        await relocate_aip(
            transaction,
            row,
            was=AIPStatus.PROCESSING,
            becomes=status,
            location_uuid=location,
        )
