"""``/metrics`` on a socket of its own, in the loop that everything runs in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from runtime.serving.uvicorn.http import HTTPProtocol

PATH: Final = "/metrics"

Collect = Callable[[], Awaitable[Iterable[Metric]]]
"""Reads the numbers, when somebody asks for them."""


@asynccontextmanager
async def serving_metrics(listener: socket.socket, collect: Collect) -> AsyncIterator[None]:
    """Answer on ``listener``, a bound socket, until the end of the block.

    No ``uvicorn.Server``: that one takes the process's signals, and ticks ten times a second.
    """
    config = uvicorn.Config(
        _application(collect), log_config=None, access_log=False, server_header=False, ws="none"
    )
    config.load()
    state = ServerState()
    serving = await asyncio.get_running_loop().create_server(
        lambda: HTTPProtocol(config=config, server_state=state, app_state={}), sock=listener
    )
    try:
        yield
    finally:
        serving.close()
        for connection in list(state.connections):
            connection.shutdown()


def _application(collect: Collect) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response
        if scope["path"] != PATH:
            response = PlainTextResponse(f"only {PATH} is here\n", 404)
        elif scope["method"] not in ("GET", "HEAD"):
            response = PlainTextResponse("only GET\n", 405, {"allow": "GET, HEAD"})
        else:
            encode, media_type = choose_encoder(Request(scope).headers.get("accept", ""))
            document = encode(_Collected(await collect()))
            response = Response(document, headers={"content-type": media_type})
        await response(scope, receive, send)

    return answer


class _Collected(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics
