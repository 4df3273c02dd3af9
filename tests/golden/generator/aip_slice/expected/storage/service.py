"""What the storage service does, one method an operation.

Generated from the design: do not edit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from runtime.auth.claims import Caller
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher

from .models import AIP, AIPs, AIPStatus, CreateAIP


class StorageService(ABC):
    """Packages and their locations.

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
        """List packages, newest first.

        Raises:
            NotValid: The request cannot be honoured as it stands.
        """

    @abstractmethod
    async def create_aip(self, caller: Caller, body: CreateAIP) -> AIP:
        """Record a package.

        Emits: AIPCreatedEvent.

        Raises:
            NotValid: The request cannot be honoured as it stands.
        """

    @abstractmethod
    async def show_aip(self, caller: Caller, *, uuid: UUID) -> AIP:
        """Show one package.

        Raises:
            NotValid: The request cannot be honoured as it stands.
            NotFound: There is no such thing.
        """

    @abstractmethod
    async def reject_aip(self, caller: Caller, *, uuid: UUID) -> None:
        """Reject a package.

        Emits: AIPUpdatedEvent.

        Raises:
            NotValid: The request cannot be honoured as it stands.
            NotFound: There is no such thing.
            NotAvailable: The state of the thing does not allow it now.
        """

    @abstractmethod
    async def monitor_request(self, caller: Caller) -> None:
        """Ask for a ticket to the stream; the answer carries it as a cookie."""

    @abstractmethod
    async def monitor(self, caller: Caller, selection: Selection) -> Watcher:
        """Watch the events of the service."""
