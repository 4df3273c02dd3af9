"""One WebSocket connection, kept by a task of its own."""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import TYPE_CHECKING, Any, Final

import httpx2
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect, WebSocketNetworkError

from runtime.client.answers import failure
from runtime.client.call import Call, Values
from runtime.client.errors import StreamEnded

if TYPE_CHECKING:
    from runtime.client.client import Client
    from runtime.client.watch import Feed

FRAME_LIMIT: Final = 16 * 1024 * 1024
"""How many bytes a frame may have."""
PING_SECONDS: Final = 10.0
"""Seconds between pings, and how long the answer may take: a service that is gone without a word is
found as fast as it finds such a client."""
FRAMES_AHEAD: Final = 64
"""How many frames are read ahead; then the service is made to wait."""


class Connection:
    """Connects, and hands out the frames that come.

    The library's connection belongs to the task that opened it.  Ours has its own, so that any
    task may read it and close it: an iteration that is left by ``break`` is closed from elsewhere.
    """

    def __init__(
        self, client: Client, feed: Feed[Any], wanted: Values, last_id: str | None
    ) -> None:
        self._client = client
        self._feed = feed
        self._call = Call[None](
            "GET",
            feed.path,
            query=wanted,
            header={**_handshake(), "last-event-id": last_id},
            status=101,
            errors=feed.errors,
        )
        self._frames: asyncio.Queue[str | None] = asyncio.Queue(FRAMES_AHEAD)
        self._task: asyncio.Task[None] | None = None
        self._end: Exception | None = None

    async def open(self) -> None:
        """Connect, if that has not been done.

        Raises:
            ServiceError: The service refuses, for a reason that the design declares.
            UnexpectedAnswer: It refuses for another.
            Unreachable: It does not answer.
        """
        if self._task is not None:
            return
        connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(connected))
        try:
            await connected
        except BaseException:
            await self.close()
            raise

    async def frame(self) -> str | None:
        """Return the next frame, ``None`` after :meth:`close`.

        Raises:
            StreamEnded: The other side has closed, and all that came before has been handed out.
        """
        frame = await self._frames.get()
        if frame is None:
            self._frames.put_nowait(None)
            if self._end is not None:
                raise self._end
        return frame

    async def close(self) -> None:
        """Close, and wake whoever waits for a frame."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(None)

    async def _run(self, connected: asyncio.Future[None]) -> None:
        try:
            await self._read(connected)
        except Exception as error:
            if not connected.done():
                connected.set_exception(error)
                return
            self._end = error if isinstance(error, StreamEnded) else _broken(error)
        await self._frames.put(None)

    async def _read(self, connected: asyncio.Future[None]) -> None:
        response = await self._upgraded()
        try:
            if response.status_code != self._call.status:
                await response.aread()
                raise failure(response, self._call, self._client.error_header)
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

    async def _upgraded(self) -> httpx2.Response:
        client, feed = self._client, self._feed
        ticket = None
        if feed.ticket is not None:
            ticket = await client._issue(feed.ticket, feed.cookie)
        return await client._send(self._call, ticket=ticket, stream=True)

    async def _receive(self, session: AsyncWebSocketSession) -> StreamEnded:
        """Read frames until the other side closes, and return how it did."""
        try:
            while True:
                await self._frames.put(await session.receive_text())
        except WebSocketDisconnect as closed:
            return StreamEnded(closed.code, closed.reason)
        except WebSocketNetworkError:
            return StreamEnded(1006, "the connection was lost")


def _broken(error: Exception) -> StreamEnded:
    end = StreamEnded(1006, f"the connection broke: {error!r}")
    end.__cause__ = error
    return end


def _handshake() -> dict[str, object]:
    """Return the headers that ask for a WebSocket (RFC 6455 section 4.1)."""
    return {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": base64.b64encode(secrets.token_bytes(16)).decode(),
        "sec-websocket-version": "13",
    }
