"""One line in the log for each answer, and one more in the counters."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.http.requests import RequestCounters

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class RequestLog:
    """Logs what was asked, what was answered, and how long that took; counts when it began.

    A query is not logged: nobody knows what a client puts there.  An answer that goes on for
    hours is logged at its end, and counted by how long its caller waited for the beginning.
    """

    def __init__(self, app: ASGIApp, counters: RequestCounters) -> None:
        self._app = app
        self._counters = counters

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
            else:
                await send(message)
                return
            self._counters.answered(scope, status, time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, watching)
        except Exception:
            if status is None:
                # The answer to it is made outside of us.
                self._counters.answered(scope, 500, time.perf_counter() - began)
            raise
        finally:
            _log.info(
                "request",
                method=scope.get("method", "GET"),
                path=scope["path"],
                status=status,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
            )
