"""Where a request ends: there must be one answer to that."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.http.errors import RequestRefused

_BOTH = frozenset({b"content-length", b"transfer-encoding"})


class OneLength:
    """Refuses a request that says twice how long it is, and closes its connection.

    A proxy before us that believes the other of the two takes what follows for the body of this
    request, and we would take it for the next one, of somebody else (RFC 9112, section 6.1).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and _BOTH.issubset(name for name, _ in scope["headers"]):
            refused = RequestRefused(
                400, "bad_request", "Content-Length and Transfer-Encoding cannot both be right"
            )
            answer = refused.answer()
            answer.headers["connection"] = "close"
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)
