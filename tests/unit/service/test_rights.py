"""No byte of an event reaches a connection that may not see it, whatever happens; proved without
sockets.

Every event of the service's monitor holds a mark of its own.  Watchers with random rights come, ask
for less than they may see, fall behind, are cut off and come back with their last id or with
nonsense, perhaps with other rights; rights end; the table forgets; some are served as a transport does,
wait to be told, and are told one by one while more happens.  Whatever is handed out for a connection, in
either transport's form, compressed too, is searched for marks; and nobody waits whom something is due to.

`tests/integration/test_rights.py` does the same, smaller, with a real service and real sockets.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from generated.storage.attributes import ATTRIBUTES
from generated.storage.streams import MONITOR
from runtime.auth.attributes import Attributes
from runtime.auth.claims import Claims
from runtime.events.event import EventPosition, StoredEvent
from runtime.monitor import batch
from runtime.monitor.ending import Ending
from runtime.monitor.hub import Hub
from runtime.monitor.lagging import Lagging
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher
from tests.unit.runtime.clock import Hands
from tests.unit.runtime.monitor.inflating_client import Client
from tests.unit.runtime.monitor.table import Table
from tests.visibility import OPENED_BY, PING, RESET, visible_tags

EPOCH: Final = 1700
RING_BYTES: Final = 25_000
"""So small that whoever misses some twenty events is served from the table."""
MARK: Final = re.compile(rb"mark-(\d+)\.")
TAGS: Final = (*OPENED_BY, PING, RESET)
SUBJECTS: Final = ("one", "two")

wildcards = sorted({name.rpartition(":")[0] + ":*" for name in ATTRIBUTES} | {"storage:*", "*"})
near_misses = ["storage", "storage:aips", "STORAGE:AIPS:LIST", "storage:*:list", "**", ":*", ""]
rights = st.frozensets(st.sampled_from([*ATTRIBUTES, *wildcards, *near_misses]), max_size=4)
subjects = st.none() | st.sampled_from(SUBJECTS)
types = st.none() | st.frozensets(st.sampled_from(TAGS), max_size=4)
indices = st.integers(0, 1000)


@dataclass
class Connection:
    """One watcher, and what has been handed out for it."""

    watcher: Watcher
    rights: frozenset[str]
    selection: Selection
    expires_at: datetime | None
    after: int
    """The position behind which it is served."""
    received: bytearray = field(default_factory=bytearray)
    client: Client = field(default_factory=Client)
    """What takes it compressed."""
    last_id: str | None = None
    reset: bool = False
    """Whether it was told to load everything again, and so has a gap."""
    waits: bool = False
    """Whether it is to be told when something is due."""

    def sees(self, event: StoredEvent) -> bool:
        """Whether it may and wants to see an event, by the table of the architecture."""
        if event.tag in (PING, RESET):
            return True
        wanted = self.selection.types is None or event.tag in self.selection.types
        about = self.selection.subject is None or event.subject == self.selection.subject
        return event.tag in visible_tags(self.rights) and wanted and about

    @property
    def marks(self) -> list[int]:
        """The marks in what was received."""
        return [int(mark) for mark in MARK.findall(self.received)]


class Rights(RuleBasedStateMachine):
    """A hub, its table, and whoever comes."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.hands = Hands()
        self.table = Table(EPOCH)
        self.events: dict[int, StoredEvent] = {}
        self.connections: list[Connection] = []

    @initialize(many=st.sampled_from([1, 2, 1000]))
    def begin(self, many: int) -> None:
        self.hub = Hub(
            MONITOR,
            EventPosition(EPOCH, 0),
            clock=self.hands.clock,
            ring_bytes=RING_BYTES,
            many=many,
        )
        self.hub.on_due = lambda: None
        self.lagging = Lagging(self.hub, self.table)

    @rule(tags=st.lists(st.sampled_from(TAGS), min_size=1, max_size=15), subject=subjects)
    def happen(self, tags: list[str], subject: str | None) -> None:
        for tag in tags:
            event = marked(tag, subject, self.table.position + 1)
            self.events[event.position] = event
            self.table.add(event)
            self.hub.deliver(event)

    @rule(
        rights=rights,
        types=types,
        subject=subjects,
        seconds=st.none() | st.floats(1, 30),
    )
    def join(
        self,
        rights: frozenset[str],
        types: frozenset[str] | None,
        subject: str | None,
        seconds: float | None,
    ) -> None:
        self._join(rights, Selection(types, subject), seconds)

    @precondition(lambda self: self.connections)
    @rule(index=indices, rights=st.none() | rights, types=types, subject=subjects)
    def come_back(
        self,
        index: int,
        rights: frozenset[str] | None,
        types: frozenset[str] | None,
        subject: str | None,
    ) -> None:
        """Be cut off, and come back with the last id: with the same rights, or others."""
        gone = self.connections.pop(index % len(self.connections))
        self._check(gone)
        gone.watcher.leave()
        selection = Selection(types, subject, gone.last_id)
        self._join(gone.rights if rights is None else rights, selection, None)

    @rule(rights=rights, types=types, subject=subjects, before=st.integers(0, 3))
    def load_and_join(
        self,
        rights: frozenset[str],
        types: frozenset[str] | None,
        subject: str | None,
        before: int,
    ) -> None:
        """Join with the position of what was loaded a moment before, and be served."""
        position = max(self.hub.position - before, 0)
        selection = Selection(types, subject, str(EventPosition(EPOCH, position)))
        self._serve(self._join(rights, selection, None))

    @rule(rights=rights, last_id=st.sampled_from(["nonsense", "1700-x", "9-1", "1700-999999"]))
    def come_back_with_nonsense(self, rights: frozenset[str], last_id: str) -> None:
        self._join(rights, Selection(after=last_id), None).reset = True

    @precondition(lambda self: self.connections)
    @rule(index=indices, times=st.integers(1, 5))
    def take(self, index: int, times: int) -> None:
        for _ in range(times):
            self._take(self.connections[index % len(self.connections)])

    @precondition(lambda self: self.connections)
    @rule(index=indices)
    def serve(self, index: int) -> None:
        """Let one be served from now on whenever it is told to."""
        connection = self.connections[index % len(self.connections)]
        if not connection.waits:
            self._serve(connection)

    @rule(count=st.integers(1, 3))
    def tell(self, count: int) -> None:
        """Tell some of those who wait: a part of a round."""
        self.hub.tell(count)

    @rule()
    def advance(self) -> None:
        self.hub.advance()

    @rule()
    def read_the_table(self) -> None:
        """Serve whoever fell behind."""
        for _ in range(len(self.connections)):
            if self.hub.lagging:
                self.loop.run_until_complete(self.lagging._serve())

    @rule(count=st.integers(1, 30))
    def forget(self, count: int) -> None:
        """Remove the oldest events of the table."""
        self.table.prune(min(count, len(self.table.events)))

    @rule(seconds=st.floats(0.1, 12))
    def pass_time(self, seconds: float) -> None:
        self.hands.move(seconds)

    def teardown(self) -> None:
        """Let everybody take all there is: what may be seen was seen, once and in order."""
        while self.hub.lagging or self.hub.due or self.hub.horizon < self.hub.position:
            self.hub.advance()
            self.hub.tell(len(self.hub.due))
            self.read_the_table()
        for connection in self.connections:
            if connection.waits and not self._is_over(connection):
                self._check_all(connection)
        for connection in self.connections:
            while self._take(connection) or connection.watcher in self.hub.lagging:
                self.read_the_table()
            self._check_all(connection)
        self.loop.close()

    def _join(
        self, rights: frozenset[str], selection: Selection, seconds: float | None
    ) -> Connection:
        ends = None if seconds is None else self.hands.time + timedelta(seconds=seconds)
        claims = Claims(
            issuer="https://id.test",
            subject="watcher",
            attributes=Attributes.of(rights),
            expires_at=ends,
        )
        after = self.hub.position
        if selection.after is not None and re.fullmatch(r"1700-\d+", selection.after):
            after = int(selection.after.partition("-")[2])
        watcher = self.hub.join(claims, selection)
        connection = Connection(watcher, rights, selection, ends, after)
        connection.last_id = selection.after
        self.connections.append(connection)
        return connection

    def _serve(self, connection: Connection) -> None:
        """Take once, and either wait or take again, as a transport does."""
        connection.waits = False
        while connection.watcher.ended is None:
            self._take(connection)
            if connection.watcher.on_due(lambda: self._serve(connection)):
                connection.waits = True
                return

    def _is_over(self, connection: Connection) -> bool:
        return connection.expires_at is not None and connection.expires_at <= self.hands.time

    def _take(self, connection: Connection) -> bool:
        over = self._is_over(connection)
        frames = connection.watcher.take()
        assert not (over and frames)
        connection.client.takes(frames)
        assert not over or connection.watcher.ended is Ending.EXPIRED
        for frame in frames:
            assert json.loads(frame.text)["id"] == str(frame.id)
            connection.received += frame.text.encode()
            assert MARK.findall(frame.block) == MARK.findall(frame.text.encode())
            connection.last_id = str(frame.id)
            connection.reset |= frame.tag == RESET and not MARK.search(frame.payload)
        return bool(frames)

    def _check_all(self, connection: Connection) -> None:
        """See that it has received all that it may see, if nothing told it that it has not."""
        self._check(connection)
        if connection.watcher.ended is None and not connection.reset:
            due = [at for at, e in self.events.items() if at > connection.after]
            assert connection.marks == [at for at in due if connection.sees(self.events[at])]

    def _check(self, connection: Connection) -> None:
        """See that it has received nothing that it may not see, and nothing twice."""
        marks = connection.marks
        assert marks == sorted(set(marks))
        for mark in marks:
            assert connection.sees(self.events[mark]), (mark, connection)
        if not connection.rights:
            assert set(re.findall(rb'"type":"(\w+)"', connection.received)) <= {
                PING.encode(),
                RESET.encode(),
            }


def marked(tag: str, subject: str | None, position: int) -> StoredEvent:
    return StoredEvent(
        stream="storage",
        position=position,
        tag=tag,
        subject=subject,
        payload=b'{"mark":"mark-%d."}' % position,
        actor="somebody",
        operation="test",
        recorded_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


def test_nothing_is_handed_out_that_may_not_be_seen_and_nothing_else_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However little it is.
    monkeypatch.setattr(batch, "WORTH", 1)
    run_state_machine_as_test(
        Rights,
        settings=settings(max_examples=500, stateful_step_count=30, derandomize=True),
    )


def test_the_twelve_kinds_of_events_are_all_here() -> None:
    assert set(TAGS) == MONITOR.events.keys()
    assert len(TAGS) == 12
