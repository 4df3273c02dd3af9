"""A service without access control, closed to the pages that a browser on its machine shows.

Loopback keeps other machines out, and no browser: any page, wherever it comes from, can have its
browser send a request here.  It tells itself by ``Origin``; and one whose name has been made to
lead here (DNS rebinding) by ``Host``, which then is that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.http.errors import RequestRefused
from runtime.http.origin import origin_configured, origin_welcome


class OwnPages:
    """Refuses what comes from a foreign page, or was sent to a name that is not ours.

    Ours are the names of loopback, and the hosts of ``origins`` (patterns of
    ``runtime.http.origin``).  What comes from no page at all is served.
    """

    def __init__(self, app: ASGIApp, *, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._origins = tuple(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it; a WebSocket's origin is the stream's to judge."""
        if scope["type"] == "http" and (refusal := self._refusal(Headers(scope=scope))) is not None:
            await refusal.answer()(scope, receive, send)
        elif scope["type"] == "websocket" and not self._ours(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> RequestRefused | None:
        if not self._ours(headers):
            return _refused(
                "this name is not one of the service's: call it at 127.0.0.1, or allow the origin"
            )
        if not origin_welcome(headers, self._origins):
            return _refused("pages of this origin may not call the service: allow the origin")
        return None

    def _ours(self, headers: Headers) -> bool:
        host = headers.get("host", "")
        return _is_loopback(host) or any(
            origin_configured(f"{scheme}://{host}", self._origins) for scheme in ("https", "http")
        )


def _refused(message: str) -> RequestRefused:
    return RequestRefused(403, "forbidden", message)


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
