"""Cross-origin answers, and headers that every answer carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.http.origin import origin_configured

ALLOW_METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOW_HEADERS: Final = b"Authorization, Content-Type, If-Range, Last-Event-ID, Range"

EXPOSE_HEADERS: Final = b"Content-Disposition, Content-Range, ETag, Event-Position"
"""What a page of another origin may read beside the body."""


class AnswerHeaders:
    """Adds headers to every HTTP answer, and the cross-origin ones where they are due.

    An origin that is configured may read what it is sent; any other is served normally, without
    these headers, and its browser keeps the answer from it.  Credentials are never allowed:
    callers show a bearer token, which a page has to hold to begin with.
    """

    def __init__(
        self, app: ASGIApp, *, origins: Sequence[str] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self._app = app
        self._origins = tuple(origins)
        self._always = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in (headers or {}).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        added = self._added(scope) if scope["type"] == "http" else []
        if not added:
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _added(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or not origin_configured(origin, self._origins):
            return self._always
        added = [
            *self._always,
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", EXPOSE_HEADERS),
            (b"vary", b"Origin"),
        ]
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            added.append((b"access-control-allow-methods", ALLOW_METHODS))
            added.append((b"access-control-allow-headers", ALLOW_HEADERS))
        return added
