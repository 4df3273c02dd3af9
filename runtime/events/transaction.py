"""A change and the events that tell of it, in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.auth.claims import Caller, Claims
from runtime.database.completion import to_the_end
from runtime.database.engine import Database, Writing
from runtime.events.counters import EventCounters
from runtime.events.event import Event, StoredEvent
from runtime.events.log import EventLog
from runtime.events.publisher import EncodedEvent, ForeignEvent, Publisher, UndeclaredEvent
from runtime.events.service import EventService

E = TypeVar("E", bound=Event)

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class Transaction(Generic[E]):
    """A write transaction on behalf of a caller."""

    def __init__(
        self,
        session: AsyncSession,
        caller: Caller,
        publisher: Publisher[E],
        counters: EventCounters,
        *,
        strict: bool,
    ) -> None:
        self.session = session
        self.caller = caller
        self._publisher = publisher
        self._counters = counters
        self._strict = strict
        self._events: list[EncodedEvent] = []

    @property
    def events(self) -> Sequence[EncodedEvent]:
        """What has been published so far, in order."""
        return self._events

    def publish(self, event: E | Callable[[], E]) -> None:
        """Let everybody know, if and when this transaction commits.

        The event is encoded here and now.  If it cannot be built or encoded, the change stands
        all the same: the publisher's ``fault`` goes out in its place, and watchers load anew.

        Args:
            event: The event, or a function that builds it, whose failure must not undo the change.

        Raises:
            UndeclaredEvent: In tests and development: the operation does not emit such an event.
        """
        try:
            built = event if isinstance(event, Event) else event()
            encoded = self._publisher.encode(built)
        except ForeignEvent:
            raise
        except Exception:
            self._counters.faults += 1
            _log.exception("event.fault", operation=self.caller.operation)
            if self._publisher.fault is not None:
                self._events.append(self._publisher.encode(self._publisher.fault))
            return
        if not self._publisher.declared(self.caller.operation, built):
            self._undeclared(built)
        self._events.append(encoded)

    def _undeclared(self, event: E) -> None:
        if self._strict:
            raise UndeclaredEvent(self.caller.operation, type(event))
        self._counters.undeclared += 1
        _log.warning("event.undeclared", operation=self.caller.operation, tag=event.tag)


class Transactions(Generic[E]):
    """Begins write transactions whose events get a position with their commit."""

    def __init__(
        self,
        database: Database,
        publisher: Publisher[E],
        events: EventService,
        *,
        strict: bool = False,
    ) -> None:
        """Tie changes to their events.

        Args:
            database: Where both are written.
            publisher: The events of the service, and which operation emits which.
            events: Rings once they are committed.
            strict: Refuse an event that the operation does not declare; for tests and development.
        """
        self._database = database
        self._publisher = publisher
        self._events = events
        self._strict = strict
        self._log = EventLog(database, publisher.stream)

    @asynccontextmanager
    async def begin(self, caller: Caller) -> AsyncIterator[Transaction[E]]:
        """Begin; commit at the end of the block, or roll back if it raises.

        The end is never cut in two: a caller cancelled meanwhile has either committed, with the
        doorbell rung, or rolled back.
        """
        await self._log.begin()
        writing = await self._database.begin_write()
        transaction = Transaction(
            writing.session, caller, self._publisher, self._events.counters, strict=self._strict
        )
        writing.session.info["transaction"] = transaction
        try:
            yield transaction
        except BaseException:
            await to_the_end(writing.end())
            raise
        await to_the_end(self._finish(writing, transaction))

    async def _finish(self, writing: Writing, transaction: Transaction[E]) -> None:
        try:
            await writing.session.flush()
            stored = await self._log.commit(
                writing,
                transaction.events,
                actor=_actor(transaction.caller.claims),
                operation=transaction.caller.operation,
            )
            if stored:
                # Before the next writer gets its turn: rung in the order of the commits.
                self._ring(stored)
        finally:
            await writing.end()

    def _ring(self, stored: Sequence[StoredEvent]) -> None:
        self._events.counters.committed += len(stored)
        try:
            self._events.publish(stored)
        except Exception:
            # The change is committed, and its events are in the table.
            _log.exception("event.unrung")


def _actor(claims: Claims) -> str:
    """Name who did it, unmistakably: a subject is unique within its issuer only."""
    return f"{claims.issuer} {claims.subject}".strip()
