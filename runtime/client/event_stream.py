"""A stream over server-sent events."""

from __future__ import annotations

import asyncio
from typing import Final

import httpx2

from runtime.client.answers import failure
from runtime.client.connection import FRAME_LIMIT, Connection
from runtime.client.errors import StreamEnded, UnexpectedAnswer

SILENCE_SECONDS: Final = 60.0
"""How long nothing may come, not even a heartbeat, before the connection counts as lost."""
MEDIA_TYPE: Final = "text/event-stream"


class EventStreamConnection(Connection):
    """Shows the token.  The end of an answer has no code: it is told as 1000."""

    async def _read(self, connected: asyncio.Future[None]) -> None:
        call = self._asking(200, {"accept": MEDIA_TYPE, "cache-control": "no-store"})
        response = await self._client._send(call, stream=True, silence_seconds=SILENCE_SECONDS)
        try:
            if response.status_code != call.status:
                await response.aread()
                raise failure(response, call, self._client.error_header)
            if response.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
                raise UnexpectedAnswer(response.status_code, b"", "not an event stream")
            connected.set_result(None)
            end = await self._receive(response)
        finally:
            await response.aclose()
        raise end

    async def _receive(self, response: httpx2.Response) -> StreamEnded:
        """Read frames until the answer ends, and return how it did."""
        try:
            async for event in httpx2.EventSource(response, max_event_size=FRAME_LIMIT):
                await self._frames.put(event.data)
        except httpx2.TransportError as error:
            return StreamEnded(1006, str(error) or "the connection was lost")
        return StreamEnded(1000, "the answer ended")
