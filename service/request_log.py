"""One line in the log for each answer."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class RequestLog:
    """Logs what was asked, what was answered, and how long that took.

    A query is not logged: nobody knows what a client puts there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status: int | None = None

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self._app(scope, receive, watching)
        finally:
            _log.info(
                "request",
                method=scope.get("method", "GET"),
                path=scope["path"],
                status=status,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
            )
