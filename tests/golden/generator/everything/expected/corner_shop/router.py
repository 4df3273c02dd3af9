"""The corner shop service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Cookie, Header, Path, Query, Request, Response, WebSocket
from pydantic import StrictStr

from runtime.http.file import file
from runtime.http.response import empty, json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security
from runtime.http.tickets import issue_ticket
from runtime.model import Date, DateTime, Int64
from runtime.monitor.websocket import serve_websocket

from . import errors
from .attributes import OPERATIONS
from .models import Crumb, Loaf, Loaves, Payment, Shelf, Stream, Topping
from .models import Path as Path_
from .security import PHOTO_TICKET
from .service import CornerShopService
from .streams import WINDOW


def corner_shop_router(service: CornerShopService, security: Security) -> APIRouter:
    """Return every operation and stream of the service."""
    routes = CheckedRoutes(
        APIRouter(tags=["corner_shop"]),
        security,
        unauthorized=errors.Unauthorized,
        forbidden=errors.Forbidden,
    )

    @routes.get(
        "/shop/loaves",
        "list_loaves",
        requires=OPERATIONS["list_loaves"],
        status=200,
        returns=Loaves,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def list_loaves(
        request: Request,
        sizes: Annotated[list[int], Query(default_factory=lambda: [1, 2])],
        shop: Annotated[
            UUID, Query(default_factory=lambda: UUID("11111111-1111-4111-8111-111111111111"))
        ],
        day: Annotated[Date, Query(default_factory=lambda: date.fromisoformat("2030-01-01"))],
        crumb: Annotated[Crumb | None, Query()] = None,
        limit: Annotated[int, Query()] = 20,
        names: Annotated[list[str] | None, Query()] = None,
        since: Annotated[DateTime | None, Query()] = None,
        weight: Annotated[int | None, Query(ge=1)] = None,
        service_: Annotated[bool | None, Query(alias="service")] = None,
        x_shelf: Annotated[str | None, Header(alias="X-Shelf")] = None,
        taste: Annotated[str | None, Cookie()] = None,
    ) -> Response:
        return json(
            200,
            await service.list_loaves(
                caller(request),
                crumb=crumb,
                limit=limit,
                names=names,
                since=since,
                weight=weight,
                service=service_,
                sizes=sizes,
                shop=shop,
                day=day,
                x_shelf=x_shelf,
                taste=taste,
            ),
        )

    @routes.post(
        "/shop/loaves",
        "bake_loaf",
        requires=OPERATIONS["bake_loaf"],
        status=201,
        returns=Loaf,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.SoldOut),
    )
    async def bake_loaf(request: Request, body: Loaf) -> Response:
        return json(201, await service.bake_loaf(caller(request), body))

    @routes.get(
        "/shop/loaves/{uuid}/slices/{number}",
        "show_loaf",
        requires=OPERATIONS["show_loaf"],
        status=200,
        returns=Loaf,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
    )
    async def show_loaf(
        request: Request, uuid: Annotated[UUID, Path()], number: Annotated[int, Path()]
    ) -> Response:
        return json(200, await service.show_loaf(caller(request), uuid=uuid, number=number))

    @routes.put(
        "/shop/loaves/{uuid}/topping",
        "spread",
        requires=OPERATIONS["spread"],
        status=200,
        returns=Topping,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def spread(
        request: Request,
        uuid: Annotated[UUID, Path()],
        body: Annotated[Topping | None, Body()] = None,
    ) -> Response:
        return json(200, await service.spread(caller(request), body, uuid=uuid))

    @routes.post(
        "/shop/answers",
        "answer",
        requires=OPERATIONS["answer"],
        status=200,
        returns=StrictStr | None,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def answer(request: Request, body: Annotated[StrictStr | None, Body()]) -> Response:
        return json(200, await service.answer(caller(request), body))

    @routes.post(
        "/shop/weights",
        "weigh",
        requires=OPERATIONS["weigh"],
        status=200,
        returns=Shelf,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def weigh(request: Request, body: Annotated[list[Int64], Body()]) -> Response:
        return json(200, await service.weigh(caller(request), body))

    @routes.delete(
        "/shop/loaves/{uuid}",
        "throw_away",
        requires=OPERATIONS["throw_away"],
        status=204,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def throw_away(request: Request, uuid: Annotated[UUID, Path()]) -> Response:
        await service.throw_away(caller(request), uuid=uuid)
        return empty(204)

    @routes.post(
        "/shop/loaves/{uuid}/photos/{number}",
        "photo_request",
        requires=OPERATIONS["photo_request"],
        status=200,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
    )
    async def photo_request(
        request: Request, uuid: Annotated[UUID, Path()], number: Annotated[int, Path()]
    ) -> Response:
        await service.photo_request(caller(request), uuid=uuid, number=number)
        return await issue_ticket(request, security, PHOTO_TICKET, f"{uuid}/{number}")

    @routes.get(
        "/shop/loaves/{uuid}/photos/{number}",
        "photo",
        requires=OPERATIONS["photo"],
        status=200,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
        ticket=PHOTO_TICKET,
        head=True,
    )
    async def photo(
        request: Request, uuid: Annotated[UUID, Path()], number: Annotated[int, Path()]
    ) -> Response:
        return await file(
            request, 200, await service.photo(caller(request), uuid=uuid, number=number)
        )

    @routes.get(
        "/shop/hours",
        "opening_hours",
        requires=OPERATIONS["opening_hours"],
        status=200,
        returns=dict[str, StrictStr],
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def opening_hours(request: Request) -> Response:
        return json(200, await service.opening_hours(caller(request)))

    @routes.post(
        "/shop/payments",
        "pay",
        requires=OPERATIONS["pay"],
        status=204,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def pay(request: Request, body: Annotated[Payment, Body()]) -> Response:
        await service.pay(caller(request), body)
        return empty(204)

    @routes.get(
        "/shop/way",
        "way",
        requires=OPERATIONS["way"],
        status=200,
        returns=Path_,
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def way(request: Request) -> Response:
        return json(200, await service.way(caller(request)))

    @routes.get(
        "/shop/canal",
        "canal",
        requires=OPERATIONS["canal"],
        status=200,
        returns=Stream,
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def canal(request: Request) -> Response:
        return json(200, await service.canal(caller(request)))

    @routes.get(
        "/shop/caller",
        "caller",
        requires=OPERATIONS["caller"],
        status=204,
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def caller_(request: Request) -> Response:
        await service.caller(caller(request))
        return empty(204)

    @routes.router.websocket("/shop/window", name="window")
    async def window(websocket: WebSocket) -> None:
        await serve_websocket(websocket, security, WINDOW, service.window, refusals=routes.refusals)

    return routes.router
