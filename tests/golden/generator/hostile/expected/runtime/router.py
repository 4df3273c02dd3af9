"""The runtime service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from runtime.http.response import json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security

from . import errors
from .attributes import OPERATIONS
from .models import Loaf
from .service import RuntimeService


def runtime_router(service: RuntimeService, security: Security) -> APIRouter:
    """Return every operation and stream of the service."""
    routes = CheckedRoutes(
        APIRouter(tags=["runtime"]),
        security,
        unauthorized=errors.Unauthorized,
        forbidden=errors.Forbidden,
        error_header="x-error",
    )

    @routes.get(
        "/runtime/typing",
        "typing",
        requires=OPERATIONS["typing"],
        status=200,
        returns=Loaf,
    )
    async def typing(request: Request) -> Response:
        return json(200, await service.typing(caller(request)))

    return routes.router
