"""The deletion of a package, step by step.

========================= ============================================= =========================
step                      what it does                                  package is
========================= ============================================= =========================
(``request_aip_deletion``) request, workflow and task `AIP deletion     ``pending``
                          request`, all pending; the run recorded
``decided``               waits for the decision, without limit         ``pending``
(``review_aip_deletion``, request decided, its task done, workflow in   ``processing``
``cancel_aip_deletion``)  progress
(the end, if not          workflow canceled                             ``stored``
approved)
``opened``                task `Delete AIP` in progress                 ``processing``
``delete``                bytes deleted                                 ``processing``
``deleted``               `Delete AIP` done                             ``deleted``
``report``                the report written, in the internal location  ``deleted``
(the end)                 where the report lies; workflow done          ``deleted``
========================= ============================================= =========================

Without a review (``aip_deletion_auto``) the request is approved as soon as it is made, the package
is ``processing`` at once, and ``opened`` says so in the task.

If the bytes cannot be deleted, ``undo`` looks whether they are gone all the same; if so the deletion
goes on from ``deleted``.  Otherwise, and if nobody can tell, the package is ``stored`` again, task
and workflow end as ``error``, and it may be asked for once more.

A report that cannot be written does not bring a package back: the workflow ends as ``error`` with a
task that says why.  Where the typesetter is not installed there is none (``docs/operations.md``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import structlog

from generated.storage.errors import NotFound
from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, DeletionRequestStatus, TaskStatus, WorkflowStatus
from runtime.auth.claims import Claims
from runtime.database.engine import Database
from runtime.durable.engine import Ending, Failure, Retry, Run, RunStatus, StepFailed, Workflow
from runtime.events.transaction import Transaction
from service.storage.aips import find_aip, find_aip_to_change, report_deletion, update_aip_status
from service.storage.blobs.store import Blob, InvalidKey, InvalidLocation
from service.storage.configurations import Configurations
from service.storage.deleting import DECISION, DELETE_WORKFLOW, Deletion, review_note
from service.storage.deletion import find_request, update_deletion_request
from service.storage.locations import find_location
from service.storage.reports.deletion_reports import DeletionReports
from service.storage.rows import AIPRow
from service.storage.tasks import create_task, find_first_task, update_task
from service.storage.workflows import update_workflow

HOPELESS: Final = (InvalidKey, InvalidLocation)
"""What another try does not mend."""

DELETING: Final = Retry(attempts=5, seconds=1.0, longest=60.0, unless=HOPELESS)
REPORTING: Final = Retry(attempts=8, seconds=5.0, longest=600.0)
"""Ten minutes: the package is gone and nobody waits, but without a report nothing tells of it."""

SERVICE: Final = Claims(issuer="service", subject=DELETE_WORKFLOW, name="Storage service")
"""Who cancels a request that the service itself cannot handle."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


def delete_workflow(
    database: Database,
    configurations: Configurations,
    *,
    deleting: Retry = DELETING,
    reporting: Retry = REPORTING,
) -> Workflow[StorageEvent]:
    """Make the workflow that deletes packages, to register with an engine."""

    def of(run: Run[StorageEvent]) -> _Deleting:
        return _Deleting(run, database, configurations, deleting, reporting)

    async def perform(run: Run[StorageEvent]) -> Ending[StorageEvent]:
        return await of(run).perform()

    async def undo(run: Run[StorageEvent], failure: Failure) -> Ending[StorageEvent]:
        return await of(run).undo(failure)

    return Workflow(name=DELETE_WORKFLOW, work=DELETE_WORKFLOW, perform=perform, undo=undo)


class _Deleting:
    """One deletion; ``perform`` and ``undo`` are deterministic, the other methods do things."""

    def __init__(
        self,
        run: Run[StorageEvent],
        database: Database,
        configurations: Configurations,
        deleting: Retry,
        reporting: Retry,
    ) -> None:
        self._run = run
        self._deletion = Deletion.model_validate(run.input)
        self._database = database
        self._configurations = configurations
        self._reports = DeletionReports(database, configurations.stores)
        self._deleting = deleting
        self._reporting = reporting
        self._delete_task = run.uuid_for("delete task")
        self._report_task = run.uuid_for("report task")

    async def perform(self) -> Ending[StorageEvent]:
        if not self._deletion.automatic:
            decision = await self._run.wait("decided", DECISION)
            if decision != DeletionRequestStatus.APPROVED:
                return Ending(RunStatus.CANCELED, self._kept)
        await self._run.change("opened", self._open)
        await self._run.step("delete", self._delete, self._deleting)
        return await self._after_deletion()

    async def undo(self, failure: Failure) -> Ending[StorageEvent]:
        if self._run.done("deleted") or await self._gone():
            return await self._after_deletion()

        async def failed(transaction: Transaction[StorageEvent]) -> None:
            await self._failed(transaction, str(failure))

        return Ending(RunStatus.FAILED, failed)

    async def _after_deletion(self) -> Ending[StorageEvent]:
        await self._run.change("deleted", self._deleted)
        try:
            key = await self._run.step("report", self._report, self._reporting)
        except StepFailed as failure:
            reason = failure.reason

            async def unreported(transaction: Transaction[StorageEvent]) -> None:
                await self._unreported(transaction, reason)

            return Ending(RunStatus.FAILED, unreported)

        async def done(transaction: Transaction[StorageEvent]) -> None:
            await self._done(transaction, key)

        return Ending(RunStatus.COMPLETED, done)

    async def _gone(self) -> bool:
        """Tell whether the bytes went although the deletion failed."""
        if not self._run.done("opened"):
            return False
        try:
            return await self._run.step("look at it", self._is_gone, self._deleting)
        except StepFailed:
            return False

    # activities: each may happen again

    async def _delete(self) -> None:
        blob = await self._blob()
        await self._run.confirm()
        await blob.store.delete(blob.key)

    async def _is_gone(self) -> bool:
        blob = await self._blob()
        return not await blob.store.exists(blob.key)

    async def _report(self) -> str | None:
        if self._deletion.skip_report:
            return None
        if not self._reports.available:
            _log.warning("deletion.unreported", aip=str(self._deletion.aip_uuid))
            return None
        return await self._reports.write(
            self._deletion.request_uuid,
            self._delete_task,
            self._run.confirm,
            reviewed=not self._deletion.automatic,
        )

    async def _blob(self) -> Blob:
        uuid, stores = self._deletion.aip_uuid, self._configurations.stores
        async with self._database.read() as session:
            location = (await find_aip(session, uuid)).location_uuid
            if location is None:
                return stores.package(uuid, None)
            try:
                row = await find_location(session, location)
            except NotFound as error:
                raise InvalidLocation(f"location {location} not found") from error
        return stores.package(uuid, self._configurations.of(row))

    # changes: each happens once, with the record of its step; the package is locked first

    async def _open(self, transaction: Transaction[StorageEvent]) -> None:
        now = datetime.now(UTC)
        await self._lock(transaction)
        if self._deletion.automatic:
            await self._end_review(
                transaction, TaskStatus.DONE, "Auto-approved deletion request.", now
            )
        await create_task(
            transaction,
            uuid=self._delete_task,
            name="Delete AIP",
            status=TaskStatus.IN_PROGRESS,
            workflow_uuid=self._deletion.workflow_uuid,
            note="Deleting AIP",
            started_at=now,
        )

    async def _deleted(self, transaction: Transaction[StorageEvent]) -> None:
        row = await self._lock(transaction)
        source = await self._source(transaction)
        await update_task(
            transaction,
            self._delete_task,
            status=TaskStatus.DONE,
            note=f"AIP deleted from {source} source location",
            completed_at=datetime.now(UTC),
        )
        await self._change_status(transaction, row, AIPStatus.DELETED)

    async def _done(self, transaction: Transaction[StorageEvent], report: str | None) -> None:
        if report is not None:
            await report_deletion(transaction, await self._lock(transaction), key=report)
        await self._end(transaction, WorkflowStatus.DONE)

    async def _unreported(self, transaction: Transaction[StorageEvent], reason: str) -> None:
        now = datetime.now(UTC)
        await create_task(
            transaction,
            uuid=self._report_task,
            name="Write deletion report",
            status=TaskStatus.ERROR,
            workflow_uuid=self._deletion.workflow_uuid,
            note=f"Failed to write deletion report:\n{reason}",
            started_at=now,
            completed_at=now,
        )
        await self._end(transaction, WorkflowStatus.ERROR)

    async def _kept(self, transaction: Transaction[StorageEvent]) -> None:
        row = await self._lock(transaction)
        # Whoever rejects a package cancels its request with it: then it is deleted.
        if row.status is AIPStatus.PROCESSING:
            await self._change_status(transaction, row, AIPStatus.STORED)
        await self._end(transaction, WorkflowStatus.CANCELED)

    async def _failed(self, transaction: Transaction[StorageEvent], reason: str) -> None:
        now = datetime.now(UTC)
        row = await self._lock(transaction)
        if self._run.done("opened"):
            await update_task(
                transaction,
                self._delete_task,
                status=TaskStatus.ERROR,
                note=f"Failed to delete AIP:\n{reason}",
                completed_at=now,
            )
        else:
            failed = f"Failed to process AIP deletion request:\n{reason}"
            await self._end_review(transaction, TaskStatus.ERROR, failed, now)
            await self._close_request(transaction)
        if row.status in (AIPStatus.PENDING, AIPStatus.PROCESSING):
            await update_aip_status(transaction, row, was=row.status, becomes=AIPStatus.STORED)
        await self._end(transaction, WorkflowStatus.ERROR)

    async def _lock(self, transaction: Transaction[StorageEvent]) -> AIPRow:
        return await find_aip_to_change(transaction.session, self._deletion.aip_uuid)

    async def _end_review(
        self,
        transaction: Transaction[StorageEvent],
        status: TaskStatus,
        last: str,
        at: datetime,
    ) -> None:
        request = await find_request(transaction.session, self._deletion.request_uuid)
        task = await find_first_task(transaction.session, self._deletion.workflow_uuid)
        await update_task(
            transaction,
            task.uuid,
            status=status,
            note=review_note(request.requester, request.reason, last),
            completed_at=at,
        )

    async def _close_request(self, transaction: Transaction[StorageEvent]) -> None:
        request = await find_request(transaction.session, self._deletion.request_uuid)
        if request.status is DeletionRequestStatus.PENDING:
            await update_deletion_request(
                transaction,
                request.uuid,
                status=DeletionRequestStatus.CANCELED,
                reviewer=SERVICE,
            )

    async def _source(self, transaction: Transaction[StorageEvent]) -> str:
        row = await find_aip(transaction.session, self._deletion.aip_uuid)
        if row.location_uuid is None:
            return "INTERNAL"
        return (await find_location(transaction.session, row.location_uuid)).source.upper()

    async def _change_status(
        self, transaction: Transaction[StorageEvent], row: AIPRow, status: AIPStatus
    ) -> None:
        await update_aip_status(transaction, row, was=AIPStatus.PROCESSING, becomes=status)

    async def _end(self, transaction: Transaction[StorageEvent], status: WorkflowStatus) -> None:
        await update_workflow(
            transaction,
            self._deletion.workflow_uuid,
            status=status,
            completed_at=datetime.now(UTC),
        )
