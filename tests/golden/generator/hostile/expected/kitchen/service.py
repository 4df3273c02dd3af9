"""What the kitchen service does, one method an operation.

Generated from the design: do not edit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from uuid import UUID

from runtime.auth.claims import Caller
from runtime.download import Download
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher

from .models import Choice, Kind, Loaf, LoafSmall


class KitchenService(ABC):
    """\"\"\" \\ */

    The caller has been authenticated and holds what the operation requires; parameters and
    body have been validated.  A method raises an error of the ``errors`` beside it that its
    operation declares; any other is a fault.
    """

    @abstractmethod
    async def events(self, caller: Caller) -> Loaf:
        """Answer GET /models/events.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def publish(self, caller: Caller, body: Loaf) -> Choice:
        """\"\"\" \\

        Emits: Publisher.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def close(self, caller: Caller) -> None:
        """Answer GET /models/close.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def client(self, caller: Caller) -> list[Loaf]:
        """*/

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def models(self, caller: Caller) -> dict[str, LoafSmall]:
        """Answer GET /models/models.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def errors(self, caller: Caller) -> Download:
        """Answer GET /models/errors.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def delete(self, caller: Caller, *, delete: str) -> None:
        """Answer DELETE /models/x/{delete}.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def new(
        self,
        caller: Caller,
        *,
        id: UUID,
        types: list[str],
        subject: str | None = None,
        last_event_id: str | None = None,
        events: date | None = None,
        date: date | None = None,
        datetime: datetime | None = None,
        client: str | None = None,
        headers: str | None = None,
        cookies: str | None = None,
        query: str | None = None,
        path: str | None = None,
        params: str | None = None,
        timeout: int | None = None,
        init: str | None = None,
        url: str | None = None,
        service: str | None = None,
        models: Kind | None = None,
        options: str | None = None,
        limit: int = 5,
        kind: Kind = Kind.VALUE_1A,
        text: str = 'a"b\\c',
        x_a: str,
        sid: str,
    ) -> Loaf:
        """Answer GET /models/new/{id}.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def ticket(self, caller: Caller) -> None:
        """Answer POST /models/stream.

        Raises:
            NotValid: ends with \\
        """

    @abstractmethod
    async def stream(self, caller: Caller, selection: Selection) -> Watcher:
        """Watch /models/stream."""
