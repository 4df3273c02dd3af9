"""The storage service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, WebSocket

from runtime.events.event import EventPosition
from runtime.http.response import empty, json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security
from runtime.model import DateTime
from runtime.monitor.admission import invite
from runtime.monitor.websocket import serve_websocket

from . import errors
from .attributes import OPERATIONS
from .models import AIP, AIPs, AIPStatus, CreateAIP
from .service import StorageService
from .streams import MONITOR


def storage_router(
    service: StorageService, security: Security, position: Callable[[], EventPosition]
) -> APIRouter:
    """Return every operation and stream of the service.

    ``position`` tells how far the events of the service have got in this process: what is read
    after it shows everything up to there.
    """
    routes = CheckedRoutes(
        APIRouter(tags=["storage"]),
        security,
        unauthorized=errors.Unauthorized,
        forbidden=errors.Forbidden,
        position=position,
    )

    @routes.get(
        "/storage/aips",
        "list_aips",
        requires=OPERATIONS["list_aips"],
        status=200,
        returns=AIPs,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def list_aips(
        request: Request,
        query: Annotated[str | None, Query()] = None,
        earliest_created_time: Annotated[DateTime | None, Query()] = None,
        latest_created_time: Annotated[DateTime | None, Query()] = None,
        status: Annotated[AIPStatus | None, Query()] = None,
        limit: Annotated[int | None, Query()] = None,
        offset: Annotated[int | None, Query()] = None,
    ) -> Response:
        return json(
            200,
            await service.list_aips(
                caller(request),
                query=query,
                earliest_created_time=earliest_created_time,
                latest_created_time=latest_created_time,
                status=status,
                limit=limit,
                offset=offset,
            ),
        )

    @routes.post(
        "/storage/aips",
        "create_aip",
        requires=OPERATIONS["create_aip"],
        status=200,
        returns=AIP,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def create_aip(request: Request, body: CreateAIP) -> Response:
        return json(200, await service.create_aip(caller(request), body))

    @routes.get(
        "/storage/aips/{uuid}",
        "show_aip",
        requires=OPERATIONS["show_aip"],
        status=200,
        returns=AIP,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid, errors.NotFound),
    )
    async def show_aip(request: Request, uuid: Annotated[UUID, Path()]) -> Response:
        return json(200, await service.show_aip(caller(request), uuid=uuid))

    @routes.post(
        "/storage/aips/{uuid}/reject",
        "reject_aip",
        requires=OPERATIONS["reject_aip"],
        status=202,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.NotValid,
            errors.NotFound,
            errors.NotAvailable,
        ),
    )
    async def reject_aip(request: Request, uuid: Annotated[UUID, Path()]) -> Response:
        await service.reject_aip(caller(request), uuid=uuid)
        return empty(202)

    @routes.post(
        "/storage/monitor",
        "monitor_request",
        requires=OPERATIONS["monitor_request"],
        status=200,
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def monitor_request(request: Request) -> Response:
        await service.monitor_request(caller(request))
        return await invite(request, security, MONITOR, refusals=routes.refusals)

    @routes.router.websocket("/storage/monitor", name="monitor")
    async def monitor(websocket: WebSocket) -> None:
        await serve_websocket(
            websocket, security, MONITOR, service.monitor, refusals=routes.refusals
        )

    return routes.router
