"""A stream that goes on when its connection does not."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from typing import Final, Protocol, TypeVar

from runtime.client.errors import StreamEnded, UnexpectedAnswer, Unreachable, passing
from runtime.client.watch import Watch
from runtime.errors import ServiceError
from runtime.events.event import Event

E = TypeVar("E", bound=Event)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds before connecting again; the pause doubles while it does not succeed."""


class Watching(Protocol[E]):
    """The method of a generated client that opens a stream which can be resumed."""

    def __call__(self, *, last_id: str | None = None) -> Watch[E]:
        """Open the stream, from the last id that was received."""
        ...


async def follow(
    watch: Watching[E],
    *,
    last_id: str | None = None,
    first_pause: float = FIRST_PAUSE,
    longest_pause: float = LONGEST_PAUSE,
) -> AsyncGenerator[E, None]:
    """Deliver the events of a stream, once and in order, across connections, without end.

    ::

        async with aclosing(follow(client.monitor)) as events:
            async for event in events:
                ...

    A connection that is lost, ended or refused for the moment is opened again from the last id,
    after a pause that grows, and differs between clients.  Who has been served and is no longer
    known tries once more: a ticket is lost when its store is emptied.  What cannot be resumed is
    told by the stream's own reset event: load everything again, and go on.

    Args:
        watch: The client's method; ``functools.partial`` narrows what it watches.
        last_id: Where to go on from; from now on when not given.
        first_pause: Seconds, on average three quarters of it, before the first new attempt.
        longest_pause: The limit to which the pause doubles.

    Raises:
        ServiceError, UnexpectedAnswer: The service does not let this client watch.
        UnexpectedFrame: The service sends what this client cannot understand; going on would
            hide that something was missed.
    """
    pause = first_pause
    known = False
    while True:
        events = watch(last_id=last_id)
        try:
            async with events:
                async for event in events:
                    pause, last_id, known = first_pause, events.last_id, True
                    yield event
                return
        except (StreamEnded, Unreachable):
            pass
        except (ServiceError, UnexpectedAnswer) as error:
            if known and error.status == 401:
                known = False
            elif not passing(error):
                raise
        await asyncio.sleep(pause * random.uniform(0.5, 1))
        pause = min(pause * 2, longest_pause)
