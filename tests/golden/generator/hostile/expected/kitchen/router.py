"""The kitchen service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Cookie, Header, Path, Query, Request, Response, WebSocket

from runtime.events.event import EventPosition
from runtime.http.file import file
from runtime.http.response import empty, json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security
from runtime.model import Date, DateTime, Url
from runtime.monitor.admission import invite
from runtime.monitor.sse import serve_sse
from runtime.monitor.websocket import serve_websocket

from . import errors
from .attributes import OPERATIONS
from .models import Choice, Kind, Loaf, LoafSmall
from .service import KitchenService
from .streams import STREAM


def kitchen_router(
    service: KitchenService, security: Security, position: Callable[[], EventPosition]
) -> APIRouter:
    """Return every operation and stream of the service.

    ``position`` tells how far the events of the service have got in this process: what is read
    after it shows everything up to there.
    """
    routes = CheckedRoutes(
        APIRouter(tags=["kitchen"]),
        security,
        unauthorized=errors.Unauthorized,
        forbidden=errors.Forbidden,
        error_header="x-error",
        position=position,
    )

    @routes.get(
        "/models/events",
        "events",
        requires=OPERATIONS["events"],
        status=200,
        returns=Loaf,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def events(request: Request) -> Response:
        return json(200, await service.events(caller(request)))

    @routes.post(
        "/models/publish",
        "publish",
        requires=OPERATIONS["publish"],
        status=200,
        returns=Choice,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def publish(request: Request, body: Loaf) -> Response:
        return json(200, await service.publish(caller(request), body))

    @routes.get(
        "/models/close",
        "close",
        requires=OPERATIONS["close"],
        status=204,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def close(request: Request) -> Response:
        await service.close(caller(request))
        return empty(204)

    @routes.get(
        "/models/client",
        "client",
        requires=OPERATIONS["client"],
        status=200,
        returns=list[Loaf],
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def client(request: Request) -> Response:
        return json(200, await service.client(caller(request)))

    @routes.get(
        "/models/models",
        "models",
        requires=OPERATIONS["models"],
        status=200,
        returns=dict[str, LoafSmall],
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def models(request: Request) -> Response:
        return json(200, await service.models(caller(request)))

    @routes.get(
        "/models/errors",
        "errors",
        requires=OPERATIONS["errors"],
        status=200,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
        head=True,
    )
    async def errors_(request: Request) -> Response:
        return await file(request, 200, await service.errors(caller(request)))

    @routes.delete(
        "/models/x/{delete}",
        "delete",
        requires=OPERATIONS["delete"],
        status=204,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def delete(request: Request, delete: Annotated[str, Path()]) -> Response:
        await service.delete(caller(request), delete=delete)
        return empty(204)

    @routes.get(
        "/models/new/{id}",
        "new",
        requires=OPERATIONS["new"],
        status=200,
        returns=Loaf,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def new(
        request: Request,
        id: Annotated[UUID, Path()],
        types: Annotated[list[str], Query()],
        x_a: Annotated[str, Header(alias="X-A")],
        sid: Annotated[str, Cookie()],
        subject: Annotated[str | None, Query()] = None,
        last_event_id: Annotated[str | None, Query()] = None,
        events: Annotated[Date | None, Query()] = None,
        date: Annotated[Date | None, Query()] = None,
        datetime: Annotated[DateTime | None, Query()] = None,
        client: Annotated[str | None, Query()] = None,
        headers: Annotated[str | None, Query()] = None,
        cookies: Annotated[str | None, Query()] = None,
        query: Annotated[str | None, Query()] = None,
        path: Annotated[str | None, Query()] = None,
        params: Annotated[str | None, Query()] = None,
        timeout: Annotated[int | None, Query()] = None,
        init: Annotated[str | None, Query()] = None,
        url: Annotated[Url | None, Query()] = None,
        service_: Annotated[str | None, Query(alias="service")] = None,
        models: Annotated[Kind | None, Query()] = None,
        options: Annotated[str | None, Query()] = None,
        limit: Annotated[int, Query()] = 5,
        kind: Annotated[Kind, Query()] = Kind.VALUE_1A,
        text: Annotated[str, Query()] = 'a"b\\c',
    ) -> Response:
        return json(
            200,
            await service.new(
                caller(request),
                id=id,
                types=types,
                subject=subject,
                last_event_id=last_event_id,
                events=events,
                date=date,
                datetime=datetime,
                client=client,
                headers=headers,
                cookies=cookies,
                query=query,
                path=path,
                params=params,
                timeout=timeout,
                init=init,
                url=url,
                service=service_,
                models=models,
                options=options,
                limit=limit,
                kind=kind,
                text=text,
                x_a=x_a,
                sid=sid,
            ),
        )

    @routes.post(
        "/models/stream",
        "ticket",
        requires=OPERATIONS["ticket"],
        status=200,
        errors=(errors.Unauthorized, errors.Forbidden, errors.NotValid),
    )
    async def ticket(request: Request) -> Response:
        await service.ticket(caller(request))
        return await invite(request, security, STREAM, refusals=routes.refusals)

    @routes.router.websocket("/models/stream", name="stream")
    async def stream(websocket: WebSocket) -> None:
        await serve_websocket(websocket, security, STREAM, service.stream, refusals=routes.refusals)

    @routes.router.get("/models/stream", include_in_schema=False)
    async def stream_by_sse(request: Request) -> Response:
        return await serve_sse(request, security, STREAM, service.stream, refusals=routes.refusals)

    return routes.router
