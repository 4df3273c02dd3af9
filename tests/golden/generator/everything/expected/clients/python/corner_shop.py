"""A client of the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from uuid import UUID

from pydantic import StrictStr
from typing_extensions import deprecated

from runtime.client.call import Call, Ticket
from runtime.client.client import Client
from runtime.client.download import Download
from runtime.client.watch import Feed, Watch
from runtime.model import ABSENT

from ...corner_shop import errors
from ...corner_shop.events import EVENT_BY_TAG, CornerShopEvent
from ...corner_shop.models import Crumb, Loaf, Loaves, Path, Payment, Shelf, Stream, Topping


class CornerShopClient(Client):
    """Loaves, and who eats them."""

    async def list_loaves(
        self,
        *,
        crumb: Crumb | None = None,
        limit: int = 20,
        names: list[str] | None = None,
        since: datetime | None = None,
        weight: int | None = None,
        service: bool | None = None,
        sizes: list[int] | None = None,
        shop: UUID | None = None,
        day: date | None = None,
        x_shelf: str | None = None,
        taste: str | None = None,
    ) -> Loaves:
        """List loaves.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """
        return await self._call(
            Call[Loaves](
                "GET",
                "/shop/loaves",
                query={
                    "crumb": crumb,
                    "limit": limit,
                    "names": names,
                    "since": since,
                    "weight": weight,
                    "service": service,
                    "sizes": sizes,
                    "shop": shop,
                    "day": day,
                },
                header={"X-Shelf": x_shelf},
                cookie={"taste": taste},
                status=200,
                returns=Loaves,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def bake_loaf(self, body: Loaf) -> Loaf:
        """Answer POST /shop/loaves.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            SoldOut: Nothing is left.
        """
        return await self._call(
            Call[Loaf](
                "POST",
                "/shop/loaves",
                body=body,
                status=201,
                returns=Loaf,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.SoldOut),
            )
        )

    async def show_loaf(self, *, uuid: UUID, number: int) -> Loaf:
        """Show one slice of a loaf.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            NotFound
        """
        return await self._call(
            Call[Loaf](
                "GET",
                "/shop/loaves/{uuid}/slices/{number}",
                path={"uuid": uuid, "number": number},
                status=200,
                returns=Loaf,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
            )
        )

    async def spread(self, body: Topping | None = None, *, uuid: UUID) -> Topping:
        """Put something on a loaf, or nothing.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """
        return await self._call(
            Call[Topping](
                "PUT",
                "/shop/loaves/{uuid}/topping",
                path={"uuid": uuid},
                body=ABSENT if body is None else body,
                status=200,
                returns=Topping,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def answer(self, body: str | None) -> str | None:
        """Answer, or say that there is no answer.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """
        return await self._call(
            Call[str | None](
                "POST",
                "/shop/answers",
                body=body,
                status=200,
                returns=StrictStr | None,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def weigh(self, body: list[int]) -> Shelf:
        """Answer POST /shop/weights.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """
        return await self._call(
            Call[Shelf](
                "POST",
                "/shop/weights",
                body=body,
                status=200,
                returns=Shelf,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    @deprecated("throw_away is deprecated")
    async def throw_away(self, *, uuid: UUID) -> None:
        """Throw a loaf away.

        Deprecated.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """
        await self._call(
            Call[None](
                "DELETE",
                "/shop/loaves/{uuid}",
                path={"uuid": uuid},
                status=204,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def photo_request(self, *, uuid: UUID, number: int) -> Ticket | None:
        """Ask for a ticket to a photo.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            NotFound
        """
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/shop/loaves/{uuid}/photos/{number}",
                path={"uuid": uuid, "number": number},
                status=200,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
            ),
            "shop-photo",
        )

    def photo(
        self, ticket: Ticket | None, *, uuid: UUID, number: int
    ) -> AbstractAsyncContextManager[Download]:
        """Look at a loaf.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            NotFound
        """
        return self._fetch(
            Call[Download](
                "GET",
                "/shop/loaves/{uuid}/photos/{number}",
                path={"uuid": uuid, "number": number},
                status=200,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
            ),
            ticket,
        )

    async def opening_hours(self) -> dict[str, str]:
        """When we are open."""
        return await self._call(
            Call[dict[str, str]](
                "GET",
                "/shop/hours",
                status=200,
                returns=dict[str, StrictStr],
                errors=(errors.Unauthorized, errors.Forbidden),
            )
        )

    async def pay(self, body: Payment) -> None:
        """Answer POST /shop/payments.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """
        await self._call(
            Call[None](
                "POST",
                "/shop/payments",
                body=body,
                status=204,
                errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
            )
        )

    async def way(self) -> Path:
        """Answer GET /shop/way."""
        return await self._call(
            Call[Path](
                "GET",
                "/shop/way",
                status=200,
                returns=Path,
                errors=(errors.Unauthorized, errors.Forbidden),
            )
        )

    async def canal(self) -> Stream:
        """Answer GET /shop/canal."""
        return await self._call(
            Call[Stream](
                "GET",
                "/shop/canal",
                status=200,
                returns=Stream,
                errors=(errors.Unauthorized, errors.Forbidden),
            )
        )

    async def caller(self) -> None:
        """An operation of a name that the router uses."""
        await self._call(
            Call[None](
                "GET", "/shop/caller", status=204, errors=(errors.Unauthorized, errors.Forbidden)
            )
        )

    def window(self) -> Watch[CornerShopEvent]:
        """Watch /shop/window."""
        return self._watch(
            Feed("/shop/window", EVENT_BY_TAG, errors=(errors.Unauthorized, errors.Forbidden))
        )
