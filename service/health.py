"""Whether the service is ready, or degraded and by what."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import Response

from runtime.auth.revocation_table import KnownRevocations
from runtime.database.engine import Database
from runtime.events.service import EventService
from runtime.http.response import json

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Health:
    """Looks at what the service stands on."""

    database: Database
    events: EventService
    revocations: KnownRevocations

    async def troubles(self) -> list[str]:
        """Name what does not work; nothing if all does."""
        troubles = []
        if not await self.database_answers():
            troubles.append("database")
        if not self.events.connected:
            troubles.append("doorbell")
        if self.revocations.stale:
            troubles.append("revocations")
        return troubles

    async def database_answers(self) -> bool:
        """Tell whether the database can be read."""
        try:
            async with self.database.read() as session:
                await session.execute(text("SELECT 1"))
        except Exception:
            _log.exception("health.database")
            return False
        return True


def health_router(health: Health) -> APIRouter:
    """Serve ``/healthz``: 200 while requests can be answered, 503 without the database."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def healthz() -> Response:
        troubles = await health.troubles()
        if not troubles:
            return json(200, {"status": "ready"})
        return json(503 if "database" in troubles else 200, {"status": "degraded", "by": troubles})

    return routes
