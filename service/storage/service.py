"""The storage service: what its design promises, each method in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from generated.storage.events import StorageEvent
from generated.storage.models import (
    AIP,
    AIPs,
    AIPStatus,
    AIPWorkflows,
    AutoDeleteAIP,
    CancelAIPDeletion,
    CreateAIP,
    CreatedLocation,
    CreateLocation,
    LocationDefault,
    MoveAIP,
    MoveStatus,
    RequestAIPDeletion,
    ReviewAIPDeletion,
    UpdateLocation,
    WorkflowStatus,
    WorkflowType,
)
from generated.storage.service import StorageService
from runtime.auth.claims import Caller
from runtime.database.engine import Database
from runtime.download import Download
from runtime.durable.engine import WorkflowEngine
from runtime.events.transaction import Transactions
from runtime.monitor.monitor import Monitor
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher
from service.storage import (
    aip_list,
    aips,
    deleting,
    downloads,
    items,
    locations,
    moving,
    rejecting,
    workflows,
)
from service.storage.configurations import Configurations
from service.storage.reports.deletion_reports import DeletionReports


@dataclass(frozen=True, kw_only=True)
class Storage(StorageService):
    """Locations, the packages in them, and everything that happens to both."""

    database: Database
    transactions: Transactions[StorageEvent]
    configurations: Configurations
    engine: WorkflowEngine[StorageEvent]
    feed: Monitor

    async def list_aips(
        self,
        caller: Caller,
        *,
        query: str | None = None,
        earliest_created_time: datetime | None = None,
        latest_created_time: datetime | None = None,
        status: AIPStatus | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> AIPs:
        """List packages, the newest first."""
        wanted = aip_list.Wanted(
            query=query,
            status=status,
            earliest=earliest_created_time,
            latest=latest_created_time,
        )
        async with self.database.read() as session:
            return await aip_list.list_aips(session, wanted, limit=limit, offset=offset)

    async def create_aip(self, caller: Caller, body: CreateAIP) -> AIP:
        """Register a package."""
        async with self.transactions.begin(caller) as transaction:
            return await aips.create_aip(transaction, body)

    async def show_aip(self, caller: Caller, *, uuid: UUID) -> AIP:
        """Show one package."""
        async with self.database.read() as session:
            return items.aip(await aips.find_aip(session, uuid))

    async def move_aip(self, caller: Caller, body: MoveAIP, *, uuid: UUID) -> None:
        """Begin to move a package to another location."""
        async with self.transactions.begin(caller) as transaction:
            await moving.move_aip(
                transaction, self.engine, self.configurations, uuid, body.location_uuid
            )

    async def move_aip_status(self, caller: Caller, *, uuid: UUID) -> MoveStatus:
        """Tell whether the latest move of a package is done."""
        return await moving.move_status(self.database, self.engine, uuid)

    async def reject_aip(self, caller: Caller, *, uuid: UUID) -> None:
        """Give a package up."""
        async with self.transactions.begin(caller) as transaction:
            await rejecting.reject_aip(transaction, self.engine, uuid)

    async def list_aip_workflows(
        self,
        caller: Caller,
        *,
        uuid: UUID,
        status: WorkflowStatus | None = None,
        type: WorkflowType | None = None,
    ) -> AIPWorkflows:
        """List what was and is done to a package."""
        async with self.database.read() as session:
            return await workflows.list_aip_workflows(session, uuid, status=status, type=type)

    async def list_locations(self, caller: Caller) -> list[LocationDefault]:
        """List every location."""
        async with self.database.read() as session:
            return await locations.list_locations(session)

    async def create_location(
        self, caller: Caller, body: CreateLocation, *, check: bool | None = None
    ) -> CreatedLocation:
        """Add a location."""
        if check:
            await self.configurations.probe(body.config)
        async with self.transactions.begin(caller) as transaction:
            row = await locations.create_location(transaction, self.configurations, body)
        return CreatedLocation(uuid=row.uuid)

    async def show_location(self, caller: Caller, *, uuid: UUID) -> LocationDefault:
        """Show one location."""
        async with self.database.read() as session:
            return items.location(await locations.find_location(session, uuid))

    async def update_location(
        self, caller: Caller, body: UpdateLocation, *, uuid: UUID
    ) -> LocationDefault:
        """Rename or describe a location."""
        async with self.transactions.begin(caller) as transaction:
            return await locations.update_location(transaction, uuid, body)

    async def list_location_aips(self, caller: Caller, *, uuid: UUID) -> list[AIP]:
        """List every package of a location."""
        async with self.database.read() as session:
            return await locations.list_location_aips(session, uuid)

    async def monitor_request(self, caller: Caller) -> None:
        """Let anybody who is signed in ask for a ticket."""

    async def monitor(self, caller: Caller, selection: Selection) -> Watcher:
        """Let a caller watch what it may see."""
        return self.feed.join(caller.claims, selection)

    async def download_aip_request(self, caller: Caller, *, uuid: UUID) -> None:
        """See whether a package can be downloaded, before a ticket is given out."""
        await downloads.check_download(self.database, self.configurations, uuid)

    async def download_aip(self, caller: Caller, *, uuid: UUID) -> Download:
        """Download a package."""
        return await downloads.download(self.database, self.configurations, uuid)

    async def aip_deletion_auto(self, caller: Caller, body: AutoDeleteAIP, *, uuid: UUID) -> None:
        """Begin to delete a package, without a review."""
        async with self.transactions.begin(caller) as transaction:
            await deleting.delete_aip(
                transaction, self.engine, uuid, body.reason, skip_report=body.skip_report
            )

    async def request_aip_deletion(
        self, caller: Caller, body: RequestAIPDeletion, *, uuid: UUID
    ) -> None:
        """Ask for a package to be deleted."""
        async with self.transactions.begin(caller) as transaction:
            await deleting.request_aip_deletion(transaction, self.engine, uuid, body.reason)

    async def review_aip_deletion(
        self, caller: Caller, body: ReviewAIPDeletion, *, uuid: UUID
    ) -> None:
        """Decide about the deletion of a package."""
        async with self.transactions.begin(caller) as transaction:
            await deleting.review_aip_deletion(
                transaction, self.engine, uuid, approved=body.approved
            )

    async def cancel_aip_deletion(
        self, caller: Caller, body: CancelAIPDeletion, *, uuid: UUID
    ) -> None:
        """Take a request to delete a package back."""
        async with self.transactions.begin(caller) as transaction:
            await deleting.cancel_aip_deletion(transaction, self.engine, uuid, check=body.check)

    async def aip_deletion_report_request(self, caller: Caller, *, uuid: UUID) -> None:
        """Let a caller ask for a ticket if there is a report."""
        await self._reports.find(uuid)

    async def aip_deletion_report(self, caller: Caller, *, uuid: UUID) -> Download:
        """Offer the report on a deleted package."""
        return await self._reports.read(uuid)

    @property
    def _reports(self) -> DeletionReports:
        return DeletionReports(self.database, self.configurations.stores)
