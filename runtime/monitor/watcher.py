"""One connection: what it has been served, what is due, and when it ends.  No socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from runtime.events.event import EventPosition
from runtime.monitor.batch import NOTHING, Batch
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Frame, Reset
from runtime.monitor.group import BATCH_EVENTS
from runtime.monitor.pace import without_superseded

if TYPE_CHECKING:
    from runtime.monitor.group import Group
    from runtime.monitor.hub import Hub
    from runtime.monitor.lagging import Page

BATCH_BYTES: Final = 64 * 1024
"""How much is handed out at once to who may have to wait before it leaves."""


class Watcher:
    """What one connection is served: every event it may see from its joining on, once, in order.

    It holds a position, never the events; a connection that does not keep up costs nothing.  When
    the ring no longer has what comes next it lags: it asks for pages of the table, one at a time,
    until it has reached the ring.  Take what is due, send it, and wait for the next call of
    ``on_due`` or for ``delay`` to pass.
    """

    def __init__(self, hub: Hub, group: Group, expires_at: datetime | None) -> None:
        self._hub = hub
        self._ring = hub.ring
        self._clock = hub.clock
        self._group = group
        self._expires_at = expires_at
        self._beat_at = hub.clock.monotonic()
        self._from = EventPosition(hub.epoch, hub.position)
        self._greeted = False
        self._reset: Reset | None = None
        self._lags = False
        self._page: Page | None = None
        self._pace = hub.new_pace()
        self._last: int | None = None
        """What comes behind this position is not served any more: the server stops."""
        self._left = False
        self._on_due: Callable[[], None] | None = None
        self.on_leave: Callable[[], None] = lambda: None
        """Called once when it is over."""
        self.on_end: Callable[[Ending], None] = lambda _: None
        """Called once when it is ended."""
        self.served = hub.position
        """The position up to which this connection has been served: sent, or filtered out."""
        self.ended: Ending | None = None
        """Why it is over; nothing is due any more."""

    # ------------------------------------------------------------ what is due

    def take(self, limit: int = BATCH_BYTES) -> Batch:
        """Take what is due, in order: at least one frame if any is, else about ``limit`` bytes.

        Nothing that was taken comes again.  An expired right sets ``ended`` and gives nothing; one
        that was closed first gets what was due when it was.
        """
        if self.ended is not None or self._left:
            return NOTHING
        if self._expired():
            return self.end(Ending.EXPIRED)
        if not self._greeted:
            return Batch([self._greet()])
        batch = self._take_reset()
        if not batch and not self._has_all():
            batch = self._next(limit)
        if not batch and self._last is not None:
            return self.end(Ending.SHUTDOWN)
        if not self._more_is_here() and (beat := self._beat()):
            batch = batch.then(beat)
        return batch

    def close(self) -> None:
        """Be served what is here by now, and then an end; ask for nothing of the table any more."""
        if self._last is None:
            self._hub.advance()
            self._last = self._ring.newest
        self.call()

    def end(self, why: Ending) -> Batch:
        """End the connection, and give nothing; the first reason stays."""
        if self.ended is None:
            self.ended = why
            self._hub.counters.ended[why] += 1
            self.on_end(why)
        self.call()
        return NOTHING

    def revoke(self) -> None:
        """End the connection, since the right of its bearer was taken back."""
        self.end(Ending.REVOKED)

    def sent(self, size: int) -> None:
        """Count what of it was sent, in bytes."""
        self._hub.counters.sent_bytes += size

    def flooded(self) -> None:
        """Count that its client says more than anybody needs to."""
        self._hub.counters.flooded += 1

    def delay(self) -> float:
        """Return the seconds until something is due by time alone; 0 if it is already."""
        seconds = self._beat_at - self._clock.monotonic()
        if self._expires_at is not None:
            left = (self._expires_at - self._clock.now()).total_seconds()
            seconds = min(seconds, left)
        if self._pace is not None and self.held_back:
            seconds = min(seconds, self._pace.wait(self._clock.monotonic()))
        return max(seconds, 0.0)

    @property
    def held_back(self) -> bool:
        """Whether something is due that only the limit of events a second holds back."""
        return self._waits_for_its_pace() and self._has_more()

    @property
    def is_told_soon(self) -> bool:
        """Whether it waits for its turn to be told of events (``Waking``), and may have them.

        Served out of its turn it would be at a position of its own, and have nothing in common with
        those who are told together.
        """
        if self._on_due is None or self._lags or self._pace is not None:
            # What the table has comes by itself, and what a pace held back is due by time.
            return False
        return self not in self._group.waiting and not self._expired()

    def on_due(self, call: Callable[[], None]) -> bool:
        """Have ``call`` called once when something is due, other than by time.

        Returns False, and does not call, if something is due already: take it.
        """
        if self.ended is not None or self._last is not None or self._more_is_here():
            return False
        self._on_due = call
        if not self._lags and not self.held_back:
            self._group.waiting.add(self)
        return True

    def call(self) -> None:
        """Tell the connection, if it waits, that something is due."""
        call, self._on_due = self._on_due, None
        self._group.waiting.discard(self)
        if call is not None:
            call()

    def leave(self) -> None:
        """Be served no more.  Must be called once the connection is over, however it ended."""
        if not self._left:
            self._left = True
            self._on_due = None
            self._page = None
            self._hub.remove(self, self._group)
            self.on_leave()

    # ------------------------------------------------------------ coming back

    def come_back(self, asked: EventPosition) -> None:
        """Go on from a position of before, which Hello repeats."""
        self._from = asked
        self.served = asked.position
        if self.served > self._ring.newest:
            # Another process may be ahead of this one: only the table knows.
            self._lag()

    def reset(self, reason: Reset) -> None:
        """Go on from here, and say that what came before is to be loaded again."""
        self._reset = reason
        self._page = None
        self.served = self._ring.newest
        self.go_on()

    def go_on(self) -> None:
        """Be served by the ring again."""
        self._lags = False
        self._hub.lagging.pop(self, None)
        self.call()

    def fill(self, page: Page) -> None:
        """Be served a page of the table that holds what comes next."""
        self._page = page
        self.go_on()

    # ------------------------------------------------------------ within

    def _greet(self) -> Frame:
        self._greeted = True
        self._beat_at += self._hub.stream.heartbeat.seconds
        if self._from.epoch == self._hub.epoch:
            return self._hub.first.at(self._from.position)
        return self._hub.first.of(self._from)

    def _take_reset(self) -> Batch:
        if self._reset is None:
            return NOTHING
        reason, self._reset = self._reset, None
        return self._hub.reset(reason, self.served)

    def _next(self, limit: int) -> Batch:
        most = self._allowance()
        if most == 0:
            return NOTHING
        if self._page is not None:
            page = self._page
            frames = page.seen_by(self._group.sight, self.served)
            if len(frames) > most:
                return self._at_its_pace(frames, most)
            self._page = None
            self.served = page.last
            if frames:
                return self._spent(Batch(frames))
        if self._lags:
            return NOTHING
        due = self._hub.after(self._group, self.served, limit)
        if due is None:
            self._lag()
            return NOTHING
        if len(due.batch) > most:
            return self._at_its_pace(due.batch, most)
        self.served = due.served
        return self._spent(due.batch)

    def _at_its_pace(self, frames: Sequence[Frame], most: int) -> Batch:
        """Take as many as are allowed, of those that are not superseded by others of them."""
        taken = without_superseded(frames, self._hub.stream.coalesce)[:most]
        self.served = taken[-1].id.position
        reached = sum(frame.id.position <= self.served for frame in frames)
        self._hub.counters.coalesced += reached - len(taken)
        return self._spent(Batch(taken))

    def _spent(self, batch: Batch) -> Batch:
        if self._pace is not None:
            self._pace.spend(len(batch))
        return batch

    def _allowance(self) -> int:
        if self._pace is None or self._last is not None:
            return BATCH_EVENTS
        return self._pace.allowance(self._clock.monotonic())

    def _waits_for_its_pace(self) -> bool:
        return self._allowance() == 0

    def _lag(self) -> None:
        self._lags = True
        self._hub.lag(self)

    def _has_all(self) -> bool:
        return self._last is not None and self.served >= self._last

    def _more_is_here(self) -> bool:
        if self._reset is not None:
            return True
        return self._has_more() and not self._waits_for_its_pace()

    def _has_more(self) -> bool:
        return self._page is not None or (not self._lags and self.served < self._hub.horizon)

    def _beat(self) -> Frame | None:
        now = self._clock.monotonic()
        if now < self._beat_at:
            return None
        # The ticks stay where they are; those that a slow connection slept through are gone.
        seconds = self._hub.stream.heartbeat.seconds
        self._beat_at += seconds * (1 + (now - self._beat_at) // seconds)
        return self._hub.then.at(self.served)

    def _expired(self) -> bool:
        return self._expires_at is not None and self._expires_at <= self._clock.now()
