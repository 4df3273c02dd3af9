"""What the storage service does, one method an operation.

Generated from the design: do not edit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from runtime.auth.claims import Caller
from runtime.download import Download
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher

from .models import (
    AIP,
    AIPs,
    AIPStatus,
    AIPWorkflows,
    AutoDeleteAIP,
    CancelAIPDeletion,
    CreateAIP,
    CreatedLocation,
    CreateLocation,
    Identifier,
    LocationDefault,
    MoveAIP,
    MoveStatus,
    RequestAIPDeletion,
    ReviewAIPDeletion,
    UpdateLocation,
    WorkflowStatus,
    WorkflowType,
)


class StorageService(ABC):
    """Storage locations, the archival packages in them, and what happens to both.

    The caller has been authenticated and holds what the operation requires; parameters and
    body have been validated.  A method raises an error of the ``errors`` beside it that its
    operation declares; any other is a fault.
    """

    @abstractmethod
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
        """List packages, the newest first. Both times are about when a package was registered:
        from the earliest on, and before the latest.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def create_aip(self, caller: Caller, body: CreateAIP) -> AIP:
        """Register a package.

        Emits: AIPCreatedEvent.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def show_aip(self, caller: Caller, *, uuid: Identifier) -> AIP:
        """Show one package.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def download_aip_request(self, caller: Caller, *, uuid: Identifier) -> None:
        """Ask for a ticket that opens the download of a package.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def download_aip(self, caller: Caller, *, uuid: Identifier) -> Download:
        """Download a package.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def move_aip(self, caller: Caller, body: MoveAIP, *, uuid: Identifier) -> None:
        """Move a package to another location.  The answer does not wait for the move.

        Emits: AIPUpdatedEvent, WorkflowCreatedEvent, TaskCreatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
        """

    @abstractmethod
    async def move_aip_status(self, caller: Caller, *, uuid: Identifier) -> MoveStatus:
        """Ask how far the latest move of a package has come.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            FailedDependency: The work that was asked about has failed, or was never begun.
        """

    @abstractmethod
    async def reject_aip(self, caller: Caller, *, uuid: Identifier) -> None:
        """Reject a package.  Its bytes stay; the package counts as deleted.
        An open request to delete it is canceled.

        Emits: AIPUpdatedEvent, DeletionRequestUpdatedEvent, TaskUpdatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
        """

    @abstractmethod
    async def aip_deletion_auto(
        self, caller: Caller, body: AutoDeleteAIP, *, uuid: Identifier
    ) -> None:
        """Delete a package without a review.  The answer does not wait for the deletion.

        Emits: AIPUpdatedEvent, DeletionRequestCreatedEvent, DeletionRequestUpdatedEvent,
        WorkflowCreatedEvent, TaskCreatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def request_aip_deletion(
        self, caller: Caller, body: RequestAIPDeletion, *, uuid: Identifier
    ) -> None:
        """Ask for a package to be deleted.  Somebody else has to approve.

        Emits: AIPUpdatedEvent, DeletionRequestCreatedEvent, WorkflowCreatedEvent,
        TaskCreatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def review_aip_deletion(
        self, caller: Caller, body: ReviewAIPDeletion, *, uuid: Identifier
    ) -> None:
        """Decide about the deletion of a package.  Nobody decides about their own request.

        Emits: AIPUpdatedEvent, DeletionRequestUpdatedEvent, WorkflowUpdatedEvent,
        TaskUpdatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def cancel_aip_deletion(
        self, caller: Caller, body: CancelAIPDeletion, *, uuid: Identifier
    ) -> None:
        """Take a request to delete a package back.  Only who made it can.

        Emits: AIPUpdatedEvent, DeletionRequestUpdatedEvent, WorkflowUpdatedEvent,
        TaskUpdatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def aip_deletion_report_request(self, caller: Caller, *, uuid: Identifier) -> None:
        """Ask for a ticket that opens the report on a deleted package.

        Raises:
            ReportNotFound: The package is there, its deletion report is not.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def aip_deletion_report(self, caller: Caller, *, uuid: Identifier) -> Download:
        """Fetch the report on a deleted package.

        Raises:
            ReportNotFound: The package is there, its deletion report is not.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """

    @abstractmethod
    async def list_locations(self, caller: Caller) -> list[LocationDefault]:
        """List every location, the oldest first."""

    @abstractmethod
    async def create_location(
        self, caller: Caller, body: CreateLocation, *, check: bool | None = None
    ) -> CreatedLocation:
        """Add a location.

        Emits: LocationCreatedEvent.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def show_location(self, caller: Caller, *, uuid: Identifier) -> LocationDefault:
        """Show one location.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def update_location(
        self, caller: Caller, body: UpdateLocation, *, uuid: Identifier
    ) -> LocationDefault:
        """Rename or describe a location.

        Emits: LocationUpdatedEvent.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def list_location_aips(self, caller: Caller, *, uuid: Identifier) -> list[AIP]:
        """List every package in a location, the oldest first; none for a location nobody knows.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def list_aip_workflows(
        self,
        caller: Caller,
        *,
        uuid: Identifier,
        status: WorkflowStatus | None = None,
        type: WorkflowType | None = None,
    ) -> AIPWorkflows:
        """List the workflows of a package, the oldest first; none for a package nobody knows.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """

    @abstractmethod
    async def monitor_request(self, caller: Caller) -> None:
        """Ask for a ticket that opens the monitor.

        Raises:
            InternalError: The service has failed; the message says nothing that is not for everybody.
            Unavailable: Too much is asked of the service at this moment; try again later.
        """

    @abstractmethod
    async def monitor(self, caller: Caller, selection: Selection) -> Watcher:
        """Every event of the service that the caller may see, as it happens.
        Each frame carries the position up to which the caller has been served; whoever comes
        back with it gets what happened in between.
        """
