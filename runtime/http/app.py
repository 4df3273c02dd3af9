"""What every application needs beside its operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute

from runtime.http.body import BODY_LIMIT, BODY_SECONDS
from runtime.http.cors import AnswerHeaders
from runtime.http.errors import RequestRefused
from runtime.http.framing import OneLength
from runtime.http.origin import check_origin_pattern
from runtime.http.response import empty


def install(
    app: FastAPI,
    *,
    body_limit: int = BODY_LIMIT,
    body_seconds: float = BODY_SECONDS,
    cors_origins: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> None:
    """Give an application its limits, its headers and its answers where no operation answers.

    ``body_limit`` is in bytes, ``body_seconds`` how long a body may take to arrive.
    ``cors_origins`` are patterns (``runtime.http.origin``) of pages that may read answers.
    ``headers`` go with every answer.  The application should be made
    without FastAPI's own documents: :func:`new_app` does both.

    Raises:
        ValueError: A pattern cannot be understood.
    """
    for pattern in cors_origins:
        check_origin_pattern(pattern)
    app.state.body_limit = body_limit
    app.state.body_seconds = body_seconds
    app.router.redirect_slashes = False
    app.add_middleware(OneLength)
    app.add_middleware(AnswerHeaders, origins=tuple(cors_origins), headers=headers)
    app.add_exception_handler(HTTPException, _unanswered)
    app.add_exception_handler(Exception, _fault)


def add_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Let an application answer what these routers do, each under its own paths.

    ``include_router`` does the same, for a prefix as well; but FastAPI then looks for a request's
    route twice, and with every route that it passes it takes longer.
    """
    for router in routers:
        app.router.routes.extend(router.routes)


def new_app(**options: Any) -> FastAPI:
    """Make an application without FastAPI's own documents and redirects."""
    return FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, **options
    )


async def _unanswered(request: Request, error: Exception) -> Response:
    """Answer where no operation does: an unknown path, or a known one with another method."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status not in (404, 405):
        return RequestRefused(status, "fault", str(error), fault=status >= 500).answer()
    methods, websocket = _known_at(request)
    if request.method == "OPTIONS" and (methods or websocket):
        return empty(204)
    if websocket and request.method == "GET":
        return RequestRefused(400, "bad_request", "only WebSocket is spoken here").answer()
    if methods and status == 405:
        return _method_not_allowed(methods)
    return RequestRefused(404, "fault", "404 page not found", fault=True).answer()


def _method_not_allowed(allowed: set[str]) -> Response:
    response = empty(405)
    for each in sorted({*allowed, "OPTIONS"}):
        response.headers.append("allow", each)
    return response


def _known_at(request: Request) -> tuple[set[str], bool]:
    """Return the methods that the path of a request is known for, and whether a WebSocket is."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    methods: set[str] = set()
    websocket = False
    for context in iter_route_contexts(request.app.routes):
        pattern = getattr(context, "path_regex", None)
        if pattern is None or not pattern.match(path):
            continue
        if isinstance(context.original_route, WebSocketRoute):
            websocket = True
        methods |= context.methods or set()
    return methods, websocket


async def _fault(request: Request, error: Exception) -> Response:
    """Answer for what went wrong outside every operation; the server logs it."""
    return RequestRefused(500, "fault", "internal error", fault=True).answer()
