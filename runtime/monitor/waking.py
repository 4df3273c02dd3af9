"""When connections are told that something is due: a crowd of them must not hold up all else.

To bring one event to a thousand connections takes tens of milliseconds, whatever is done: each is
served as it is told (``Delivery``), and costs a call into the system.  So they are told in parts,
between which requests have their turn.  And where the process is busy with other things, the crowd
rests after each part: meanwhile more happens, and goes out together.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Final

from runtime.monitor.hub import Hub

PART: Final = 50
"""How many connections are told before others have their turn; so few never have to wait."""
REST: Final = 40.0
"""How much longer than a part the rest after it is, in a process that has no time to spare.  One
that does nothing else does not rest."""
LONGEST_REST: Final = 3.0
"""Seconds that the rests of one round take at most.  An event is late by no more than that, and what it
takes to tell the crowd itself."""
SPARE: Final = 0.25
"""Which part of the time that telling leaves may go into other things before a crowd rests."""
BUSY: Final = 0.5
"""Which part leaves none to spare: whoever asks something then waits for a part as often as not."""
MEMORY: Final = 0.02
"""Seconds after which what a process did counts for about a third.  Long enough not to take the
very change that is told of for a busy process, and short enough to see one within a round."""


class Waking:
    """Tells the connections of one hub, whenever something is due to some of them."""

    def __init__(
        self,
        hub: Hub,
        *,
        used: Callable[[], float] = time.thread_time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Take over from the hub.

        Args:
            hub: Whose connections they are.
            used: Tells how many seconds of a processor this thread has used.
            sleep: Lets others have their turn, for so many seconds.
        """
        self._hub = hub
        self._now = hub.clock.monotonic
        self._used = used
        self._sleep = sleep
        self._asked = asyncio.Event()
        self._since = self._now(), used()
        """When telling last ended."""
        self._busy = 0.0
        """Which part of the time that it left went into other things of late."""
        hub.on_due = self._asked.set

    async def run(self) -> None:
        """Tell whoever waits, without end."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self.round()

    async def round(self) -> None:
        """Tell all who wait now."""
        waiting = len(self._hub.due)
        crowd = waiting > PART
        left = LONGEST_REST
        while waiting > 0:
            self._look()
            began = self._now()
            waiting -= self._hub.tell(min(PART, waiting))
            self._since = self._now(), self._used()
            took = self._since[0] - began
            await self._sleep(0)
            if crowd:
                rest = min(took * REST * self._need(), left)
                left -= rest
                await self._sleep(rest)

    def _look(self) -> None:
        """See which part of the time since telling last ended went into other things."""
        then, before = self._since
        if (passed := self._now() - then) > 0:
            share = min((self._used() - before) / passed, 1.0)
            self._busy = share + (self._busy - share) * math.exp(-passed / MEMORY)

    def _need(self) -> float:
        """Return how much of a rest the process needs: from none to 1."""
        return min(max(self._busy - SPARE, 0.0) / (BUSY - SPARE), 1.0)
