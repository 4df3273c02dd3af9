"""A client of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from runtime.client.call import Call, Ticket
from runtime.client.client import Client
from runtime.client.watch import Feed, Watch

from ...storage import errors
from ...storage.events import EVENT_BY_TAG, StorageEvent
from ...storage.models import AIP, AIPs, AIPStatus, CreateAIP


class StorageClient(Client):
    """Packages and their locations."""

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
        """List packages, newest first.

        Raises:
            NotValid: The request cannot be honoured as it stands.
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
        """Record a package.

        Raises:
            NotValid: The request cannot be honoured as it stands.
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

    async def show_aip(self, *, uuid: UUID) -> AIP:
        """Show one package.

        Raises:
            NotValid: The request cannot be honoured as it stands.
            NotFound: There is no such thing.
        """
        return await self._call(
            Call[AIP](
                "GET",
                "/storage/aips/{uuid}",
                path={"uuid": uuid},
                status=200,
                returns=AIP,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
            )
        )

    async def reject_aip(self, *, uuid: UUID) -> None:
        """Reject a package.

        Raises:
            NotValid: The request cannot be honoured as it stands.
            NotFound: There is no such thing.
            NotAvailable: The state of the thing does not allow it now.
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
                    errors.NotValid,
                    errors.NotFound,
                    errors.NotAvailable,
                ),
            )
        )

    async def monitor_request(self) -> Ticket | None:
        """Ask for a ticket to the stream; the answer carries it as a cookie."""
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/storage/monitor",
                status=200,
                errors=(errors.Unauthorized, errors.Forbidden),
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
        """Watch the events of the service."""
        return self._watch(
            Feed(
                "/storage/monitor",
                EVENT_BY_TAG,
                ticket=Call[Ticket | None](
                    "POST",
                    "/storage/monitor",
                    status=200,
                    errors=(errors.Unauthorized, errors.Forbidden),
                ),
                cookie="enduro-storage-ws-ticket",
                errors=(errors.Unauthorized, errors.Forbidden),
            ),
            types=types,
            subject=subject,
            last_id=last_id,
        )
