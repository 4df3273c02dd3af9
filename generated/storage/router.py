"""The storage service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response, WebSocket

from runtime.events.event import EventPosition
from runtime.http.file import file
from runtime.http.response import empty, json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security
from runtime.http.tickets import issue_ticket
from runtime.model import DateTime
from runtime.monitor.admission import invite
from runtime.monitor.sse import serve_sse
from runtime.monitor.websocket import serve_websocket

from . import errors
from .attributes import OPERATIONS
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
from .security import AIP_DOWNLOAD_TICKET, DELETION_REPORT_TICKET
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
        unavailable=errors.Unavailable,
        error_header="goa-error",
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
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotFound, errors.NotValid),
    )
    async def show_aip(request: Request, uuid: Annotated[Identifier, Path()]) -> Response:
        return json(200, await service.show_aip(caller(request), uuid=uuid))

    @routes.post(
        "/storage/aips/{uuid}/download",
        "download_aip_request",
        requires=OPERATIONS["download_aip_request"],
        status=200,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.NotFound,
            errors.NotValid,
            errors.InternalError,
        ),
    )
    async def download_aip_request(
        request: Request, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.download_aip_request(caller(request), uuid=uuid)
        return await issue_ticket(request, security, AIP_DOWNLOAD_TICKET, f"{uuid}")

    @routes.get(
        "/storage/aips/{uuid}/download",
        "download_aip",
        requires=OPERATIONS["download_aip"],
        status=200,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.NotFound,
            errors.NotValid,
            errors.InternalError,
        ),
        ticket=AIP_DOWNLOAD_TICKET,
        head=True,
    )
    async def download_aip(request: Request, uuid: Annotated[Identifier, Path()]) -> Response:
        return await file(request, 200, await service.download_aip(caller(request), uuid=uuid))

    @routes.post(
        "/storage/aips/{uuid}/store",
        "move_aip",
        requires=OPERATIONS["move_aip"],
        status=202,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.NotFound,
            errors.NotValid,
            errors.NotAvailable,
        ),
    )
    async def move_aip(
        request: Request, body: MoveAIP, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.move_aip(caller(request), body, uuid=uuid)
        return empty(202)

    @routes.get(
        "/storage/aips/{uuid}/store",
        "move_aip_status",
        requires=OPERATIONS["move_aip_status"],
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
    async def move_aip_status(request: Request, uuid: Annotated[Identifier, Path()]) -> Response:
        return json(200, await service.move_aip_status(caller(request), uuid=uuid))

    @routes.post(
        "/storage/aips/{uuid}/reject",
        "reject_aip",
        requires=OPERATIONS["reject_aip"],
        status=202,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.NotFound,
            errors.NotValid,
            errors.NotAvailable,
        ),
    )
    async def reject_aip(request: Request, uuid: Annotated[Identifier, Path()]) -> Response:
        await service.reject_aip(caller(request), uuid=uuid)
        return empty(202)

    @routes.post(
        "/storage/aips/{uuid}/deletion-auto",
        "aip_deletion_auto",
        requires=OPERATIONS["aip_deletion_auto"],
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
    async def aip_deletion_auto(
        request: Request, body: AutoDeleteAIP, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.aip_deletion_auto(caller(request), body, uuid=uuid)
        return empty(202)

    @routes.post(
        "/storage/aips/{uuid}/deletion-request",
        "request_aip_deletion",
        requires=OPERATIONS["request_aip_deletion"],
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
    async def request_aip_deletion(
        request: Request, body: RequestAIPDeletion, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.request_aip_deletion(caller(request), body, uuid=uuid)
        return empty(202)

    @routes.post(
        "/storage/aips/{uuid}/deletion-review",
        "review_aip_deletion",
        requires=OPERATIONS["review_aip_deletion"],
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
    async def review_aip_deletion(
        request: Request, body: ReviewAIPDeletion, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.review_aip_deletion(caller(request), body, uuid=uuid)
        return empty(202)

    @routes.post(
        "/storage/aips/{uuid}/deletion-cancel",
        "cancel_aip_deletion",
        requires=OPERATIONS["cancel_aip_deletion"],
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
    async def cancel_aip_deletion(
        request: Request, body: CancelAIPDeletion, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.cancel_aip_deletion(caller(request), body, uuid=uuid)
        return empty(202)

    @routes.post(
        "/storage/aips/{uuid}/deletion-report",
        "aip_deletion_report_request",
        requires=OPERATIONS["aip_deletion_report_request"],
        status=200,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.ReportNotFound,
            errors.NotValid,
            errors.InternalError,
        ),
    )
    async def aip_deletion_report_request(
        request: Request, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        await service.aip_deletion_report_request(caller(request), uuid=uuid)
        return await issue_ticket(request, security, DELETION_REPORT_TICKET, f"{uuid}")

    @routes.get(
        "/storage/aips/{uuid}/deletion-report",
        "aip_deletion_report",
        requires=OPERATIONS["aip_deletion_report"],
        status=200,
        errors=(
            errors.Unauthorized,
            errors.Forbidden,
            errors.ReportNotFound,
            errors.NotValid,
            errors.InternalError,
        ),
        ticket=DELETION_REPORT_TICKET,
        head=True,
    )
    async def aip_deletion_report(
        request: Request, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        return await file(
            request, 200, await service.aip_deletion_report(caller(request), uuid=uuid)
        )

    @routes.get(
        "/storage/locations",
        "list_locations",
        requires=OPERATIONS["list_locations"],
        status=200,
        returns=list[LocationDefault],
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def list_locations(request: Request) -> Response:
        return json(200, await service.list_locations(caller(request)))

    @routes.post(
        "/storage/locations",
        "create_location",
        requires=OPERATIONS["create_location"],
        status=201,
        returns=CreatedLocation,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def create_location(
        request: Request, body: CreateLocation, check: Annotated[bool | None, Query()] = None
    ) -> Response:
        return json(201, await service.create_location(caller(request), body, check=check))

    @routes.get(
        "/storage/locations/{uuid}",
        "show_location",
        requires=OPERATIONS["show_location"],
        status=200,
        returns=LocationDefault,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotFound, errors.NotValid),
    )
    async def show_location(request: Request, uuid: Annotated[Identifier, Path()]) -> Response:
        return json(200, await service.show_location(caller(request), uuid=uuid))

    @routes.patch(
        "/storage/locations/{uuid}",
        "update_location",
        requires=OPERATIONS["update_location"],
        status=200,
        returns=LocationDefault,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotFound, errors.NotValid),
    )
    async def update_location(
        request: Request, body: UpdateLocation, uuid: Annotated[Identifier, Path()]
    ) -> Response:
        return json(200, await service.update_location(caller(request), body, uuid=uuid))

    @routes.get(
        "/storage/locations/{uuid}/aips",
        "list_location_aips",
        requires=OPERATIONS["list_location_aips"],
        status=200,
        returns=list[AIP],
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def list_location_aips(request: Request, uuid: Annotated[Identifier, Path()]) -> Response:
        return json(200, await service.list_location_aips(caller(request), uuid=uuid))

    @routes.get(
        "/storage/aips/{uuid}/workflows",
        "list_aip_workflows",
        requires=OPERATIONS["list_aip_workflows"],
        status=200,
        returns=AIPWorkflows,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def list_aip_workflows(
        request: Request,
        uuid: Annotated[Identifier, Path()],
        status: Annotated[WorkflowStatus | None, Query()] = None,
        type: Annotated[WorkflowType | None, Query()] = None,
    ) -> Response:
        return json(
            200,
            await service.list_aip_workflows(caller(request), uuid=uuid, status=status, type=type),
        )

    @routes.post(
        "/storage/monitor",
        "monitor_request",
        requires=OPERATIONS["monitor_request"],
        status=200,
        errors=(errors.Unauthorized, errors.Forbidden, errors.InternalError, errors.Unavailable),
    )
    async def monitor_request(request: Request) -> Response:
        await service.monitor_request(caller(request))
        return await invite(request, security, MONITOR, refusals=routes.refusals)

    @routes.router.websocket("/storage/monitor", name="monitor")
    async def monitor(websocket: WebSocket) -> None:
        await serve_websocket(
            websocket, security, MONITOR, service.monitor, refusals=routes.refusals
        )

    @routes.router.get("/storage/monitor", include_in_schema=False)
    async def monitor_by_sse(request: Request) -> Response:
        return await serve_sse(
            request, security, MONITOR, service.monitor, refusals=routes.refusals
        )

    return routes.router
