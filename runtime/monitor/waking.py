"""When connections are told that something is due: a crowd of them must not hold up all else.

To bring one event to a thousand connections takes tens of milliseconds, whatever is done: each is
served as it is told (``Delivery``), and costs a call into the system.  So they are told in parts,
between which requests have their turn.  And where the process is busy with other things, the crowd
rests after each part: meanwhile more happens, and goes out together.

The parts are small and the rests even, so that no request waits for long; what is due is put together
for many parts at once (``Hub.advance``).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Final

from runtime.monitor.delivery import AT_ONCE_BYTES
from runtime.monitor.hub import Hub

FEW: Final = 50
"""How many connections never have to wait: it is more than these that are a crowd."""
PART: Final = 0.0005
"""Seconds for which connections are told before others have their turn: what a request waits for."""
REST: Final = 120.0
"""How much longer than a part the rest after it is, in a process that has no time to spare.  One
that does nothing else does not rest."""
LONGEST_REST: Final = 3.0
"""Seconds that the rests of one round take at most.  An event is late by about that, and what it takes to
tell the crowd itself, with what others do between its parts."""
FULL: Final = 0.75
"""Which part of what a connection is given at once each may be sent in a round, in the mean of a crowd.  For
what is more it would have to be waited until the system has room, one by one."""
SPARE: Final = 0.25
"""Which part of the time that telling leaves may go into other things before a crowd rests."""
BUSY: Final = 0.5
"""Which part leaves none to spare: whoever asks something then waits for a part as often as not."""
MEMORY: Final = 0.02
"""Seconds after which what a process did counts for about a third.  Long enough not to take the
very change that is told of for a busy process, nor the table's being read for those who lag, and short
enough to see one within a round: with 0.005 two hundred were told of a short burst at 0.65 to 0.85 of
their rate while twenty stalled."""


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
        self._round = self._now(), hub.counters.sent_bytes
        """When a crowd's last round began, and how many bytes had been sent until then."""
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
        self._hub.advance()
        crowd = waiting = len(self._hub.due)
        longest = self._longest_rest(crowd) if crowd > FEW else 0.0
        while waiting > 0:
            self._look()
            began = self._now()
            told = self._hub.tell(waiting, PART)
            waiting -= told
            self._since = self._now(), self._used()
            took = self._since[0] - began
            rest = min(took * REST * self._need(), longest * told / crowd)
            await self._sleep(rest)
        # What came meanwhile is for the next round, if nobody was let see it in this one.
        self._hub.advance()

    def _longest_rest(self, crowd: int) -> float:
        """Return how long a crowd's round may rest, by how much each was sent in the one before."""
        (then, before), self._round = self._round, (self._now(), self._hub.counters.sent_bytes)
        passed, each = self._round[0] - then, (self._round[1] - before) / crowd
        return min(LONGEST_REST, passed * FULL * AT_ONCE_BYTES / each) if each else LONGEST_REST

    def _look(self) -> None:
        """See which part of the time since telling last ended went into other things."""
        then, before = self._since
        if (passed := self._now() - then) > 0:
            share = min((self._used() - before) / passed, 1.0)
            self._busy = share + (self._busy - share) * math.exp(-passed / MEMORY)

    def _need(self) -> float:
        """Return how much of a rest the process needs: from none to 1."""
        return min(max(self._busy - SPARE, 0.0) / (BUSY - SPARE), 1.0)
