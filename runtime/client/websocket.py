"""A stream over a WebSocket."""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import Final

import httpx2
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect, WebSocketNetworkError

from runtime.client.answers import failure
from runtime.client.call import Call, Values
from runtime.client.connection import FRAME_LIMIT, Connection
from runtime.client.errors import StreamEnded

PING_SECONDS: Final = 10.0
"""Seconds between pings, and how long the answer may take: a service that is gone without a word is
found as fast as it finds such a client."""


class WebSocketConnection(Connection):
    """Shows a ticket where the stream has one, as a browser does, and the token where it has none."""

    async def _read(self, connected: asyncio.Future[None]) -> None:
        call = self._asking(101, _handshake())
        response = await self._upgraded(call)
        try:
            if response.status_code != call.status:
                await response.aread()
                raise failure(response, call, self._client.error_header)
            stream = response.extensions["network_stream"]
            async with AsyncWebSocketSession(
                stream,
                max_message_size_bytes=FRAME_LIMIT,
                keepalive_ping_interval_seconds=PING_SECONDS,
                keepalive_ping_timeout_seconds=PING_SECONDS,
                response=response,
            ) as session:
                connected.set_result(None)
                end = await self._receive(session)
        finally:
            await response.aclose()
        raise end

    async def _upgraded(self, call: Call[None]) -> httpx2.Response:
        client, feed = self._client, self._feed
        ticket = None
        if feed.ticket is not None:
            ticket = await client._issue(feed.ticket, feed.cookie)
        return await client._send(call, ticket=ticket, stream=True)

    async def _receive(self, session: AsyncWebSocketSession) -> StreamEnded:
        """Read frames until the other side closes, and return how it did."""
        try:
            while True:
                await self._frames.put(await session.receive_text())
        except WebSocketDisconnect as closed:
            return StreamEnded(closed.code, closed.reason)
        except WebSocketNetworkError:
            return StreamEnded(1006, "the connection was lost")


def _handshake() -> Values:
    """Return the headers that ask for a WebSocket (RFC 6455 section 4.1)."""
    return {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": base64.b64encode(secrets.token_bytes(16)).decode(),
        "sec-websocket-version": "13",
    }
