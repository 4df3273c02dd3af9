"""Whether the service is ready, or degraded, by what, and what that means."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import Response

from runtime.auth.revocation_table import KnownRevocations
from runtime.database.address import parse
from runtime.database.engine import Database
from runtime.events.service import EventService
from runtime.http.response import json

PROBE: Final = bytes(4096)
"""What is written to see that the disk takes it."""
PROBE_SECONDS: Final = 5.0
"""How long its answer holds: anybody may ask, and a disk has other work."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Trouble(NamedTuple):
    """What does not work, and one sentence for people: it is told to anybody."""

    part: str
    why: str


LATE: Final = Trouble("doorbell", "events may come a second late")
UNKNOWN: Final = Trouble("revocations", "whose rights were revoked lately is not known")


class Health:
    """Looks at what the service stands on.

    The path of SQLite's file is remembered with the file that lies there now: one that is deleted
    or replaced goes on being written to, and all of that is gone when the process ends.
    """

    def __init__(
        self,
        database: Database,
        events: EventService,
        revocations: KnownRevocations,
        folder: Path,
    ) -> None:
        """Remember the files; ``folder`` is the data folder."""
        self._database = database
        self._events = events
        self._revocations = revocations
        self._file = _file_of(database)
        self._identity = _identity(self._file) if self._file else None
        self._folders = {folder, *([self._file.parent] if self._file else [])}
        self._probed_at = float("-inf")
        self._disk: Trouble | None = None

    async def troubles(self) -> list[Trouble]:
        """Name what does not work; nothing if all does."""
        found = [
            self._file_trouble() or await self._database_trouble(),
            await self._disk_trouble(),
            None if self._events.connected else LATE,
            UNKNOWN if self._revocations.stale else None,
        ]
        return [trouble for trouble in found if trouble is not None]

    def _file_trouble(self) -> Trouble | None:
        if self._file is None or _identity(self._file) == self._identity:
            return None
        there = self._file.exists()
        _log.error("health.database_file", file=str(self._file), there=there)
        return Trouble(
            "database",
            f"its file was {'replaced' if there else 'deleted'} while the service ran: stop the"
            " service, put the right file there, and start it",
        )

    async def _database_trouble(self) -> Trouble | None:
        try:
            async with self._database.read() as session:
                await session.execute(text("SELECT 1"))
        except Exception as error:
            _log.error("health.database", reason=type(error).__name__)
            return Trouble("database", "it does not answer")
        return None

    async def _disk_trouble(self) -> Trouble | None:
        if time.monotonic() - self._probed_at >= PROBE_SECONDS:
            self._probed_at = time.monotonic()
            self._disk = await asyncio.to_thread(self._probe)
        return self._disk

    def _probe(self) -> Trouble | None:
        for folder in self._folders:
            try:
                with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                    file.write(PROBE)
            except OSError as error:
                why = os.strerror(error.errno or 0)
                _log.error("health.disk", folder=str(folder), reason=why)
                return Trouble("disk", f"cannot be written to: {why}")
        return None


def health_router(health: Health) -> APIRouter:
    """Serve ``/healthz``: 200 while requests can be answered, 503 without the database."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def healthz() -> Response:
        troubles = await health.troubles()
        if not troubles:
            return json(200, {"status": "ready"})
        parts = [trouble.part for trouble in troubles]
        words = [f"{part}: {why}" for part, why in troubles]
        document = {"status": "degraded", "by": parts, "why": words}
        return json(503 if "database" in parts else 200, document)

    return routes


def _file_of(database: Database) -> Path | None:
    return Path(str(parse(database.url).database)) if database.name == "sqlite" else None


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
