"""From a watcher to whoever reads: what both transports do alike."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from runtime.monitor.batch import Batch
from runtime.monitor.ending import Ending
from runtime.monitor.watcher import Watcher


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may cost."""

    send_seconds: float = 10.0
    """How long what was given at once (``AT_ONCE_BYTES`` at most, or one larger frame) may take to
    leave.  A reader that is slower than this is told so, and closed."""
    close_seconds: float = 2.0
    """How long the end may wait behind what a stalled client has not read."""
    received: int = 4096
    """Bytes of one message from the client; it has nothing to say, and what it says is dropped."""


LIMITS: Final = Limits()
"""The limits where nothing else is configured."""


AT_ONCE_BYTES: Final = 192 * 1024
"""How much a connection is given at once that has taken all before.  The system keeps as much for it
(``runtime.serving.uvicorn``), and a call costs about what it takes to copy half of that."""

OUTLET: Final = "runtime.outlet"
"""The scope's extension that is an :class:`Outlet`, on a server that has one
(``runtime.serving.uvicorn``)."""


class Outlet(Protocol):
    """A way past ASGI, for bytes that are the same for everybody: a crowd is served one by one, and
    what each costs all others wait for.
    """

    @property
    def free(self) -> bool:
        """Whether all that was written before has left, and more would be taken at once."""
        ...

    def write_now(self, data: bytes) -> None:
        """Write where it is free."""
        ...

    async def write(self, data: bytes) -> None:
        """Write as soon as there is room.

        Raises:
            OSError: The connection is over.
        """
        ...


class Delivery(ABC):
    """Sends what is due to one connection, until either side has enough."""

    outlet: Outlet | None = None
    """The way past ASGI, where there is one."""

    def __init__(self, watcher: Watcher, limits: Limits) -> None:
        self.limits = limits
        self.due = asyncio.Event()
        """Set when there may be something to do."""
        self.gone = False
        """Whether the client is gone."""
        self._watcher = watcher
        self._timer = _Timer(self._serve_in_time)
        self._waits = False
        """Whether nothing is on its way that what comes next could overtake."""
        self._error: Exception | None = None
        """What went wrong while it waited."""
        self._receiving: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Send what is due, and receive what comes, until one of them ends."""
        self._receiving = asyncio.get_running_loop().create_task(self._receive())
        try:
            await self._send()
        finally:
            await self.receive_no_more()

    async def receive_no_more(self) -> None:
        """Let whatever else the client sends lie."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.gather(self._receiving, return_exceptions=True)

    @abstractmethod
    async def write(self, batch: Batch) -> int:
        """Send frames; returns how many bytes they were, once the transport takes more."""

    @abstractmethod
    def wire(self, batch: Batch) -> bytes:
        """Return frames as they go into the outlet."""

    @abstractmethod
    async def receive(self) -> bool:
        """Read and drop one message of the client; tell whether it is still there."""

    @abstractmethod
    async def finish(self, ending: Ending) -> None:
        """Tell the client, as far as the transport can, that this is the end."""

    async def refuse(self) -> bool:
        """End the connection if the client has done what it must not; tell whether it has."""
        return False

    async def _receive(self) -> None:
        try:
            while await self.receive():
                pass
        finally:
            self.gone = True
            self.due.set()

    async def _send(self) -> None:
        watcher, due = self._watcher, self.due
        patience = _Patience(self.limits.send_seconds)
        watcher.on_end = lambda why: patience.give_up() if why is Ending.REVOKED else None
        try:
            while not self.gone:
                if await self.refuse():
                    return
                if batch := watcher.take():
                    if not await self._write_in_time(batch, patience):
                        watcher.end(Ending.SLOW)
                elif watcher.ended is not None:
                    return await self.finish(watcher.ended)
                due.clear()
                if watcher.on_due(self._serve_now):
                    self._timer.start(watcher.delay, anew=watcher.held_back)
                    await self._wait()
        finally:
            self._timer.stop()
            patience.stop()

    async def _wait(self) -> None:
        self._waits = True
        await self.due.wait()
        self._waits = False
        if self._error is not None:
            raise self._error

    def _serve_in_time(self) -> None:
        """Serve what is due by time, unless it goes out with events in a moment."""
        if not self._watcher.is_told_soon:
            self._serve_now()

    def _serve_now(self) -> None:
        """Serve what is due at once where that needs no waiting; else wake who waits."""
        try:
            if not self._served_now():
                self.due.set()
        except Exception as error:
            # It is this connection's, and nothing to those who are told after it.
            self._error = error
            self.due.set()

    def _served_now(self) -> bool:
        watcher, outlet = self._watcher, self.outlet
        while self._waits and outlet is not None and outlet.free:
            if not (batch := watcher.take(AT_ONCE_BYTES)):
                return False
            data = self.wire(batch)
            outlet.write_now(data)
            watcher.sent(len(data))
            if watcher.on_due(self._serve_now):
                self._timer.start(watcher.delay, anew=watcher.held_back)
                return True
        return False

    async def _write_in_time(self, batch: Batch, patience: _Patience) -> bool:
        """Write frames; tell whether they left in time."""
        try:
            patience.begin()
            self._watcher.sent(await self.write(batch))
        except asyncio.CancelledError:
            if not patience.lost:
                raise
            return False
        finally:
            patience.end()
        return True


class _Timer:
    """Calls after a delay.

    One that runs is left to run, since what is due only moves away; but for what is held back.
    """

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._handle: asyncio.TimerHandle | None = None

    def start(self, delay: Callable[[], float], *, anew: bool) -> None:
        if anew:
            self.stop()
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(delay(), self._fire)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._call()


class _Patience:
    """Cancels its task when what it begins does not end in time.

    As ``asyncio.timeout`` does, but without a new timer for each of many short writes.
    """

    def __init__(self, seconds: float) -> None:
        self.lost = False
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._since: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self._since = self._loop.time()
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._look)

    def give_up(self) -> None:
        """Do not wait for what has begun."""
        if self._since is not None and self._task is not None and not self.lost:
            self.lost = True
            self._task.cancel()

    def end(self) -> None:
        self._since = None
        if self.lost and self._task is not None:
            self._task.uncancel()

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _look(self) -> None:
        self._handle = None
        if self._since is None:
            return
        left = self._since + self._seconds - self._loop.time()
        if left > 0:
            self._handle = self._loop.call_later(left, self._look)
        else:
            self.give_up()
