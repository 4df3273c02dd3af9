"""Streams on uvicorn: the settings they need, and an end for connections that do not end."""

from __future__ import annotations

from typing import Any, Final

from runtime.monitor.delivery import LIMITS
from runtime.serving.uvicorn.http import HTTPProtocol
from runtime.serving.uvicorn.websocket import StreamProtocol

PING_SECONDS: Final = 10.0
"""Seconds between protocol pings, and how long the pong may take: a peer that is gone is found
within two heartbeats."""
IDLE_SECONDS: Final = 75
"""How long a connection may wait for its next request: longer than the minute that proxies keep
theirs for (nginx, load balancers), and than HTTP clients do, so that it is they who close it.  One
that the server closes just as a request is sent costs that request."""
UVICORN: Final[dict[str, Any]] = {
    "http": HTTPProtocol,
    "ws": StreamProtocol,
    "ws_max_size": LIMITS.received,
    "ws_ping_interval": PING_SECONDS,
    "ws_ping_timeout": PING_SECONDS,
    "ws_per_message_deflate": False,
    "timeout_keep_alive": IDLE_SECONDS,
    "timeout_graceful_shutdown": 1,
}
"""What to hand to ``uvicorn.Config`` for a service with streams.

uvicorn would compress once for each connection, which costs more than everything else together
(:class:`StreamProtocol` agrees on what is done once for all of them); the shutdown is bounded because a
request may still be at work.
"""
