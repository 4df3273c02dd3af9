"""The letters service over HTTP.

Generated from the design: do not edit.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from runtime.http.response import json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security

from . import errors
from .attributes import OPERATIONS
from .models import Letters
from .service import LettersService


def letters_router(service: LettersService, security: Security) -> APIRouter:
    """Return every operation and stream of the service."""
    routes = CheckedRoutes(
        APIRouter(tags=["letters"]),
        security,
        unauthorized=errors.Unauthorized,
        forbidden=errors.Forbidden,
    )

    @routes.get(
        "/letters",
        "list_letters",
        requires=OPERATIONS["list_letters"],
        status=200,
        returns=Letters,
        errors=(errors.Unauthorized, errors.Forbidden),
    )
    async def list_letters(request: Request) -> Response:
        return json(200, await service.list_letters(caller(request)))

    return routes.router
