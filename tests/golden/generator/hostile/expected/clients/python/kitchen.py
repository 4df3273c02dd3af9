"""A client of the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from runtime.client.call import Call, Ticket
from runtime.client.client import Client
from runtime.client.download import Download
from runtime.client.watch import Feed, Watch

from ...kitchen import errors
from ...kitchen.events import EVENT_BY_TAG, KitchenEvent
from ...kitchen.models import Choice, Kind, Loaf, LoafSmall


class KitchenClient(Client):
    """\"\"\" \\ */"""

    error_header: ClassVar[str | None] = "x-error"

    async def events(self) -> Loaf:
        """Answer GET /models/events.

        Raises:
            NotValid: ends with \\
        """
        return await self._call(
            Call[Loaf](
                "GET",
                "/models/events",
                status=200,
                returns=Loaf,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def publish(self, body: Loaf) -> Choice:
        """\"\"\" \\

        Raises:
            NotValid: ends with \\
        """
        return await self._call(
            Call[Choice](
                "POST",
                "/models/publish",
                body=body,
                status=200,
                returns=Choice,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def close(self) -> None:
        """Answer GET /models/close.

        Raises:
            NotValid: ends with \\
        """
        await self._call(
            Call[None](
                "GET",
                "/models/close",
                status=204,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def client(self) -> list[Loaf]:
        """*/

        Raises:
            NotValid: ends with \\
        """
        return await self._call(
            Call[list[Loaf]](
                "GET",
                "/models/client",
                status=200,
                returns=list[Loaf],
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def models(self) -> dict[str, LoafSmall]:
        """Answer GET /models/models.

        Raises:
            NotValid: ends with \\
        """
        return await self._call(
            Call[dict[str, LoafSmall]](
                "GET",
                "/models/models",
                status=200,
                returns=dict[str, LoafSmall],
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    def errors(self) -> AbstractAsyncContextManager[Download]:
        """Answer GET /models/errors.

        Raises:
            NotValid: ends with \\
        """
        return self._fetch(
            Call[Download](
                "GET",
                "/models/errors",
                status=200,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def delete(self, *, delete: str) -> None:
        """Answer DELETE /models/x/{delete}.

        Raises:
            NotValid: ends with \\
        """
        await self._call(
            Call[None](
                "DELETE",
                "/models/x/{delete}",
                path={"delete": delete},
                status=204,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def new(
        self,
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
        return await self._call(
            Call[Loaf](
                "GET",
                "/models/new/{id}",
                path={"id": id},
                query={
                    "types": types,
                    "subject": subject,
                    "last_event_id": last_event_id,
                    "events": events,
                    "date": date,
                    "datetime": datetime,
                    "client": client,
                    "headers": headers,
                    "cookies": cookies,
                    "query": query,
                    "path": path,
                    "params": params,
                    "timeout": timeout,
                    "init": init,
                    "url": url,
                    "service": service,
                    "models": models,
                    "options": options,
                    "limit": limit,
                    "kind": kind,
                    "text": text,
                },
                header={"X-A": x_a},
                cookie={"sid": sid},
                status=200,
                returns=Loaf,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def ticket(self) -> Ticket | None:
        """Answer POST /models/stream.

        Raises:
            NotValid: ends with \\
        """
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/models/stream",
                status=200,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            ),
            "t",
        )

    def stream(
        self,
        *,
        types: Iterable[str] | None = None,
        subject: str | None = None,
        last_id: str | None = None,
    ) -> Watch[KitchenEvent]:
        """Watch /models/stream."""
        return self._watch(
            Feed(
                "/models/stream",
                EVENT_BY_TAG,
                ticket=Call[Ticket | None](
                    "POST",
                    "/models/stream",
                    status=200,
                    errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
                ),
                cookie="t",
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            ),
            types=types,
            subject=subject,
            last_id=last_id,
        )
