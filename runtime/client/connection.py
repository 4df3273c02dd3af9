"""One connection of a stream, kept by a task of its own."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from runtime.client.call import Call, Values
from runtime.client.errors import StreamEnded

if TYPE_CHECKING:
    from runtime.client.client import Client
    from runtime.client.watch import Feed

FRAME_LIMIT: Final = 16 * 1024 * 1024
"""How many bytes a frame may have."""
FRAMES_AHEAD: Final = 64
"""How many frames are read ahead; then the service is made to wait."""


class Connection(ABC):
    """Connects, and hands out the frames that come.

    The library's connection belongs to the task that opened it.  Ours has its own, so that any
    task may read it and close it: an iteration that is left by ``break`` is closed from elsewhere.
    """

    def __init__(
        self, client: Client, feed: Feed[Any], wanted: Values, last_id: str | None
    ) -> None:
        self._client = client
        self._feed = feed
        self._wanted = wanted
        self._last_id = last_id
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

    @abstractmethod
    async def _read(self, connected: asyncio.Future[None]) -> None:
        """Connect, say so, and put every frame that comes into ``_frames``.

        Raises:
            StreamEnded: The other side has closed.
        """

    def _asking(self, status: int, header: Values) -> Call[None]:
        """Return the request that opens the stream, with these headers."""
        return Call[None](
            "GET",
            self._feed.path,
            query=self._wanted,
            header={**header, "last-event-id": self._last_id},
            status=status,
            errors=self._feed.errors,
        )


def _broken(error: Exception) -> StreamEnded:
    end = StreamEnded(1006, f"the connection broke: {error!r}")
    end.__cause__ = error
    return end
