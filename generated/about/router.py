"""The about service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from runtime.http.response import json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security

from . import errors
from .attributes import OPERATIONS
from .models import About
from .service import AboutService


def about_router(service: AboutService, security: Security) -> APIRouter:
    """Return every operation and stream of the service."""
    routes = CheckedRoutes(
        APIRouter(tags=["about"]),
        security,
        unauthorized=errors.Unauthorized,
        forbidden=errors.Forbidden,
        error_header="goa-error",
    )

    @routes.get(
        "/about",
        "about",
        requires=OPERATIONS["about"],
        status=200,
        returns=About,
        errors=(errors.Unauthorized,),
    )
    async def about(request: Request) -> Response:
        return json(200, await service.about(caller(request)))

    return routes.router
