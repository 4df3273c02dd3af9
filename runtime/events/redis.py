"""The doorbell between processes: Redis publishes each event's position and bytes.

Redis keeps nothing of ours.  Stopped, emptied or cut off it costs time, never an event: what was
not heard is found in the table.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from runtime.events.counters import EventCounters
from runtime.events.event import EventPosition, StoredEvent
from runtime.events.follower import SILENCE, SILENCE_AWAY, Followers
from runtime.events.log import EventLog
from runtime.events.service import Deliver

ANSWER_SECONDS: Final = 1.0
"""How long Redis may take to answer before it counts as away."""
IDLE_SECONDS: Final = 1.0
"""How long the subscription is silent before it is asked whether it still lives."""
CANCEL_SECONDS: Final = 0.1
"""How long a task may take to end before it is cancelled again."""
RETRY_SECONDS: Final = 0.25
"""Pause before connecting again, to hear or to ring."""
RING_SECONDS: Final = 1.0
"""The same to ring, while nothing is heard."""
QUEUED: Final = 1000
"""How many rings wait for a slow Redis; beyond that, the oldest are left to the table."""
PIPELINED: Final = 100
"""How many rings go out in one round trip."""

_AWAY: Final = (RedisError, OSError, TimeoutError)
_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class RedisEvents:
    """Events for any number of processes on one database, with one subscription each."""

    def __init__(self, log: EventLog, url: str, channel: str, epoch: int) -> None:
        self.counters = EventCounters()
        self._log = log
        self._followers = Followers(log, self.counters)
        self._channel = channel
        self._epoch = epoch
        # Rings must not wait for a stalled Redis; the subscription must wait for as long as
        # nothing happens, which a timeout on its socket would take for a failure.
        self._ringer = _client(url, socket_timeout=ANSWER_SECONDS)
        self._listener = _client(url, socket_timeout=None)
        self._rings: deque[StoredEvent] = deque(maxlen=QUEUED)
        self._ringing = asyncio.Event()
        self._listening = asyncio.Event()
        """Set while the subscription lives."""
        self._reached = True
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, log: EventLog, url: str, *, prefix: str = "events") -> RedisEvents:
        """Start; Redis may come later.

        Each message carries the log's epoch, so that two databases never take one for their own.

        Args:
            log: The log to follow.
            url: ``redis://`` or ``rediss://``; may hold a password, and is not logged.
            prefix: What the name of the channel begins with.

        Raises:
            ValueError: The address is not one of Redis.
        """
        head = await log.head()
        service = cls(log, url, f"{prefix}:{log.stream}", head.epoch)
        service._start(service._listen)
        service._start(service._ring)
        return service

    @property
    def connected(self) -> bool:
        """Whether Redis is heard and, as far as was tried, reached."""
        return self._listening.is_set() and self._reached

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Tell this process's followers now, and the others soon."""
        self._followers.hear(events)
        for event in events:
            if len(self._rings) == QUEUED:
                self.counters.unrung += 1
            self._rings.append(event)
        self._ringing.set()

    def flush(self) -> None:
        """Have every follower deliver what it was told."""
        self._followers.flush()

    async def follow(self, after: int, deliver: Deliver) -> None:
        """Follow the log from behind a position."""
        await self._followers.follow(
            after, deliver, lambda: SILENCE if self.connected else SILENCE_AWAY
        )

    async def head(self) -> EventPosition:
        """Return the newest position of the log."""
        head = await self._log.head()
        self._epoch = head.epoch
        return head

    async def read(self, after: int, limit: int) -> list[StoredEvent]:
        """Return events of the table that follow a position."""
        return await self._log.read(after, limit)

    async def close(self) -> None:
        """Stop listening and ringing; what was not rung is in the table."""
        # More than once, if need be: a cancellation that meets the answer of a pipeline is lost.
        while pending := [task for task in self._tasks if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=CANCEL_SECONDS)
        await self._ringer.aclose()
        await self._listener.aclose()

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work()))

    # ------------------------------------------------------------ ringing

    async def _ring(self) -> None:
        while True:
            await self._ringing.wait()
            self._ringing.clear()
            while self._rings:
                batch = [self._rings.popleft() for _ in range(min(len(self._rings), PIPELINED))]
                await self._send(batch)
                if not self._reached:
                    await self._rest()

    async def _rest(self) -> None:
        """Wait before Redis is tried again.  The table has what waits meanwhile.

        Each try costs as much as an operation, so that it is left to whoever listens to find out
        that Redis is back; but for one a second, lest only listening fails.
        """
        await asyncio.sleep(RETRY_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(RING_SECONDS - RETRY_SECONDS):
                await self._listening.wait()

    async def _send(self, batch: Sequence[StoredEvent]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._ringer.pipeline(False) as pipe:
                for event in batch:
                    pipe.publish(self._channel, pack(event, self._epoch))
                await pipe.execute()
        except _AWAY:
            self.counters.unrung += len(batch)
            self._reached = False
        else:
            self._reached = True

    # ------------------------------------------------------------ listening

    async def _listen(self) -> None:
        while True:
            try:
                async with self._listener.pubsub() as subscription:
                    await self._hear(subscription)
            except _AWAY as error:
                self._lost(error)
            await asyncio.sleep(RETRY_SECONDS)

    def _lost(self, error: Exception) -> None:
        if self._listening.is_set():
            self._listening.clear()
            self.counters.doorbell_losses += 1
            _log.warning("doorbell.lost", reason=type(error).__name__)
            # Followers that sleep for the long silence wake up, and sleep shorter.
            self._followers.look()

    async def _hear(self, subscription: PubSub) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            await subscription.subscribe(self._channel)
        asked = False
        while True:
            seconds = ANSWER_SECONDS if asked else IDLE_SECONDS
            message = await subscription.get_message(timeout=seconds)
            if message is None:
                if asked:
                    raise TimeoutError("Redis no longer answers")
                asked = True
                async with asyncio.timeout(ANSWER_SECONDS):
                    await subscription.ping()
                continue
            asked = False
            if message["type"] == "subscribe":
                self._subscribed()
            elif message["type"] == "message":
                self._heard(message["data"])

    def _subscribed(self) -> None:
        if not self._listening.is_set():
            _log.info("doorbell.connected")
        self._listening.set()
        # Known again before there is something to ring.
        self._reached = True
        # What was published before the subscription was not heard.
        self._followers.look()

    def _heard(self, data: bytes) -> None:
        try:
            epoch, event = unpack(data)
        except (ValueError, KeyError, TypeError):
            # Not from us.  The table tells whether anything happened.
            _log.warning("doorbell.unreadable", bytes=len(data))
            self._followers.look()
        else:
            if epoch == self._epoch:
                self._followers.hear([event])


def pack(event: StoredEvent, epoch: int) -> bytes:
    """Write an event as one message: a line of JSON about it, then its payload as it is."""
    about = {
        "epoch": epoch,
        "stream": event.stream,
        "position": event.position,
        "tag": event.tag,
        "subject": event.subject,
        "actor": event.actor,
        "operation": event.operation,
        "recorded_at": event.recorded_at.isoformat(),
    }
    return json.dumps(about, separators=(",", ":")).encode() + b"\n" + event.payload


def unpack(data: bytes) -> tuple[int, StoredEvent]:
    """Read a message: the epoch of its log, and the event.

    Raises:
        ValueError, KeyError, TypeError: It is none.
    """
    line, newline, payload = data.partition(b"\n")
    if not newline:
        raise ValueError("a message without a payload")
    about = json.loads(line)
    about["position"] = int(about["position"])
    about["recorded_at"] = datetime.fromisoformat(about["recorded_at"])
    epoch = int(about.pop("epoch"))
    return epoch, StoredEvent(**about, payload=payload)


def _client(url: str, *, socket_timeout: float | None) -> Redis:
    # No silent retries: whoever is cut off must know, and look at the table.
    return Redis.from_url(
        url,
        socket_timeout=socket_timeout,
        socket_connect_timeout=ANSWER_SECONDS,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
    )
