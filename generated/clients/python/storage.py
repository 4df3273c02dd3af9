"""A client of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import ClassVar

from runtime.client.call import Call, Ticket
from runtime.client.client import Client
from runtime.client.download import Download
from runtime.client.watch import Feed, Watch

from ...storage import errors
from ...storage.events import EVENT_BY_TAG, StorageEvent
from ...storage.models import (
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


class StorageClient(Client):
    """Storage locations, the archival packages in them, and what happens to both."""

    error_header: ClassVar[str | None] = "goa-error"

    async def list_aips(
        self,
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
        return await self._call(
            Call[AIPs](
                "GET",
                "/storage/aips",
                query={
                    "query": query,
                    "earliest_created_time": earliest_created_time,
                    "latest_created_time": latest_created_time,
                    "status": status,
                    "limit": limit,
                    "offset": offset,
                },
                status=200,
                returns=AIPs,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def create_aip(self, body: CreateAIP) -> AIP:
        """Register a package.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[AIP](
                "POST",
                "/storage/aips",
                body=body,
                status=200,
                returns=AIP,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def show_aip(self, *, uuid: Identifier) -> AIP:
        """Show one package.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[AIP](
                "GET",
                "/storage/aips/{uuid}",
                path={"uuid": uuid},
                status=200,
                returns=AIP,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotFound, errors.NotValid),
            )
        )

    async def download_aip_request(self, *, uuid: Identifier) -> Ticket | None:
        """Ask for a ticket that opens the download of a package.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/storage/aips/{uuid}/download",
                path={"uuid": uuid},
                status=200,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.InternalError,
                ),
            ),
            "enduro-aip-download-ticket",
        )

    def download_aip(
        self, ticket: Ticket | None, *, uuid: Identifier
    ) -> AbstractAsyncContextManager[Download]:
        """Download a package.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        return self._fetch(
            Call[Download](
                "GET",
                "/storage/aips/{uuid}/download",
                path={"uuid": uuid},
                status=200,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.InternalError,
                ),
            ),
            ticket,
        )

    async def move_aip(self, body: MoveAIP, *, uuid: Identifier) -> None:
        """Move a package to another location.  The answer does not wait for the move.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
        """
        await self._call(
            Call[None](
                "POST",
                "/storage/aips/{uuid}/store",
                path={"uuid": uuid},
                body=body,
                status=202,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.NotAvailable,
                ),
            )
        )

    async def move_aip_status(self, *, uuid: Identifier) -> MoveStatus:
        """Ask how far the latest move of a package has come.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            FailedDependency: The work that was asked about has failed, or was never begun.
        """
        return await self._call(
            Call[MoveStatus](
                "GET",
                "/storage/aips/{uuid}/store",
                path={"uuid": uuid},
                status=200,
                returns=MoveStatus,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.FailedDependency,
                ),
            )
        )

    async def reject_aip(self, *, uuid: Identifier) -> None:
        """Reject a package.  Its bytes stay; the package counts as deleted.
        An open request to delete it is canceled.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
        """
        await self._call(
            Call[None](
                "POST",
                "/storage/aips/{uuid}/reject",
                path={"uuid": uuid},
                status=202,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.NotAvailable,
                ),
            )
        )

    async def aip_deletion_auto(self, body: AutoDeleteAIP, *, uuid: Identifier) -> None:
        """Delete a package without a review.  The answer does not wait for the deletion.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        await self._call(
            Call[None](
                "POST",
                "/storage/aips/{uuid}/deletion-auto",
                path={"uuid": uuid},
                body=body,
                status=202,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.NotAvailable,
                    errors.InternalError,
                ),
            )
        )

    async def request_aip_deletion(self, body: RequestAIPDeletion, *, uuid: Identifier) -> None:
        """Ask for a package to be deleted.  Somebody else has to approve.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        await self._call(
            Call[None](
                "POST",
                "/storage/aips/{uuid}/deletion-request",
                path={"uuid": uuid},
                body=body,
                status=202,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.NotAvailable,
                    errors.InternalError,
                ),
            )
        )

    async def review_aip_deletion(self, body: ReviewAIPDeletion, *, uuid: Identifier) -> None:
        """Decide about the deletion of a package.  Nobody decides about their own request.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        await self._call(
            Call[None](
                "POST",
                "/storage/aips/{uuid}/deletion-review",
                path={"uuid": uuid},
                body=body,
                status=202,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.NotAvailable,
                    errors.InternalError,
                ),
            )
        )

    async def cancel_aip_deletion(self, body: CancelAIPDeletion, *, uuid: Identifier) -> None:
        """Take a request to delete a package back.  Only who made it can.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            NotAvailable: The package is in a state that does not allow this now.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        await self._call(
            Call[None](
                "POST",
                "/storage/aips/{uuid}/deletion-cancel",
                path={"uuid": uuid},
                body=body,
                status=202,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotFound,
                    errors.NotValid,
                    errors.NotAvailable,
                    errors.InternalError,
                ),
            )
        )

    async def aip_deletion_report_request(self, *, uuid: Identifier) -> Ticket | None:
        """Ask for a ticket that opens the report on a deleted package.

        Raises:
            ReportNotFound: The package is there, its deletion report is not.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/storage/aips/{uuid}/deletion-report",
                path={"uuid": uuid},
                status=200,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.ReportNotFound,
                    errors.NotValid,
                    errors.InternalError,
                ),
            ),
            "enduro-delreport-ticket",
        )

    def aip_deletion_report(
        self, ticket: Ticket | None, *, uuid: Identifier
    ) -> AbstractAsyncContextManager[Download]:
        """Fetch the report on a deleted package.

        Raises:
            ReportNotFound: The package is there, its deletion report is not.
            NotValid: The request cannot be understood, or asks for what is not allowed.
            InternalError: The service has failed; the message says nothing that is not for everybody.
        """
        return self._fetch(
            Call[Download](
                "GET",
                "/storage/aips/{uuid}/deletion-report",
                path={"uuid": uuid},
                status=200,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.ReportNotFound,
                    errors.NotValid,
                    errors.InternalError,
                ),
            ),
            ticket,
        )

    async def list_locations(self) -> list[LocationDefault]:
        """List every location, the oldest first."""
        return await self._call(
            Call[list[LocationDefault]](
                "GET",
                "/storage/locations",
                status=200,
                returns=list[LocationDefault],
                errors=(errors.Unauthorized, errors.Forbidden),
            )
        )

    async def create_location(
        self, body: CreateLocation, *, check: bool | None = None
    ) -> CreatedLocation:
        """Add a location.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[CreatedLocation](
                "POST",
                "/storage/locations",
                query={"check": check},
                body=body,
                status=201,
                returns=CreatedLocation,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def show_location(self, *, uuid: Identifier) -> LocationDefault:
        """Show one location.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[LocationDefault](
                "GET",
                "/storage/locations/{uuid}",
                path={"uuid": uuid},
                status=200,
                returns=LocationDefault,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotFound, errors.NotValid),
            )
        )

    async def update_location(self, body: UpdateLocation, *, uuid: Identifier) -> LocationDefault:
        """Rename or describe a location.

        Raises:
            NotFound: There is nothing with this identifier.
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[LocationDefault](
                "PATCH",
                "/storage/locations/{uuid}",
                path={"uuid": uuid},
                body=body,
                status=200,
                returns=LocationDefault,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotFound, errors.NotValid),
            )
        )

    async def list_location_aips(self, *, uuid: Identifier) -> list[AIP]:
        """List every package in a location, the oldest first; none for a location nobody knows.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[list[AIP]](
                "GET",
                "/storage/locations/{uuid}/aips",
                path={"uuid": uuid},
                status=200,
                returns=list[AIP],
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def list_aip_workflows(
        self,
        *,
        uuid: Identifier,
        status: WorkflowStatus | None = None,
        type: WorkflowType | None = None,
    ) -> AIPWorkflows:
        """List the workflows of a package, the oldest first; none for a package nobody knows.

        Raises:
            NotValid: The request cannot be understood, or asks for what is not allowed.
        """
        return await self._call(
            Call[AIPWorkflows](
                "GET",
                "/storage/aips/{uuid}/workflows",
                path={"uuid": uuid},
                query={"status": status, "type": type},
                status=200,
                returns=AIPWorkflows,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def monitor_request(self) -> Ticket | None:
        """Ask for a ticket that opens the monitor.

        Raises:
            InternalError: The service has failed; the message says nothing that is not for everybody.
            Unavailable: Too much is asked of the service at this moment; try again later.
        """
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/storage/monitor",
                status=200,
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.InternalError,
                    errors.Unavailable,
                ),
            ),
            "enduro-storage-ws-ticket",
        )

    def monitor(
        self,
        *,
        types: Iterable[str] | None = None,
        subject: str | None = None,
        last_id: str | None = None,
    ) -> Watch[StorageEvent]:
        """Every event of the service that the caller may see, as it happens.
        Each frame carries the position up to which the caller has been served; whoever comes
        back with it gets what happened in between.
        """
        return self._watch(
            Feed(
                "/storage/monitor",
                EVENT_BY_TAG,
                ticket=Call[Ticket | None](
                    "POST",
                    "/storage/monitor",
                    status=200,
                    errors=(
                        errors.Unauthorized,
                        errors.Forbidden,
                        errors.InternalError,
                        errors.Unavailable,
                    ),
                ),
                cookie="enduro-storage-ws-ticket",
                errors=(
                    errors.Unauthorized,
                    errors.Forbidden,
                    errors.NotValid,
                    errors.InternalError,
                    errors.Unavailable,
                ),
            ),
            types=types,
            subject=subject,
            last_id=last_id,
        )
