"""No byte of an event reaches a socket whose bearer may not see it: the real service, both transports.

`tests/unit/service/test_rights.py` proves it of the core, in thousands of situations.  Here every
byte that arrives is searched for the marks that the events hold.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Final
from urllib.parse import urlencode

import pytest

from generated.storage.attributes import ATTRIBUTES
from generated.storage.events import StorageEvent
from runtime.auth.claims import Caller
from runtime.events.publisher import EncodedEvent
from tests.integration.afternoon import ARCHIVIST
from tests.integration.dashboard import COOKIE, Dashboard
from tests.integration.inside import inside
from tests.integration.readers import READERS, Reader
from tests.integration.telling import Teller, telling
from tests.servers.storage_service import StorageServer
from tests.unit.runtime.waiting import until
from tests.visibility import OPENED_BY, PING, RESET, visible_tags

WATCHERS: Final = 40
ROUNDS: Final = 5
EVENTS: Final = 40
TAGS: Final = (*OPENED_BY, PING, RESET)
SUBJECTS: Final = ("one", "two", None)
RIGHTS: Final = (*ATTRIBUTES, "*", "storage:*", "storage:aips:*", "storage:locations:*")
MARK: Final = re.compile(rb"mark-(\d+)\.")
EXPIRES_SECONDS: Final = 4
AUTHENTICATE_AGAIN: Final = 4001


@dataclass(frozen=True)
class Told:
    """An event, and when it was written."""

    position: int
    tag: str
    subject: str | None
    at: float


@dataclass
class Watcher:
    """One connection, what it may and wants to see, and behind which position it begins."""

    reader: Reader
    kind: str
    rights: tuple[str, ...]
    types: frozenset[str] | None
    subject: str | None
    after: int
    expires_at: float | None

    def may_see(self, told: Told) -> bool:
        if told.tag in (PING, RESET):
            return True
        wanted = self.types is None or told.tag in self.types
        about = self.subject is None or told.subject == self.subject
        return told.tag in visible_tags(self.rights) and wanted and about

    def check(self, history: list[Told]) -> None:
        """See that every mark in every byte is one that it may see, and none is missing."""
        assert self.reader.received is not None
        marks = [int(mark) for mark in MARK.findall(self.reader.received)]
        due = [told for told in history if told.position > self.after and self.may_see(told)]
        if self.expires_at is not None:
            # What happened just before may have come or not.
            allowed = [told.position for told in due if told.at < self.expires_at]
            assert marks == allowed[: len(marks)]
        else:
            assert marks == [told.position for told in due if told.position <= self.reader.position]


class Crowd:
    """Watchers with random rights, who come and go."""

    def __init__(self, server: StorageServer, teller: Teller, random: Random) -> None:
        self.server = server
        self.teller = teller
        self.random = random
        self.watchers: list[Watcher] = []
        self.history: list[Told] = []
        self.past: list[Watcher] = []
        self._number = 0

    async def come(self, last_id: str | None = None, kind: str | None = None) -> None:
        dice = self.random
        kind = kind or dice.choice(list(READERS))
        rights = tuple(dice.sample(RIGHTS, dice.randrange(4)))
        types = frozenset(dice.sample(TAGS, 4)) if dice.random() < 0.3 else None
        subject = dice.choice(SUBJECTS) if dice.random() < 0.3 else None
        ttl = EXPIRES_SECONDS if last_id is None and dice.random() < 0.2 else 3600
        self._number += 1
        began = int(time.time())
        token = self.server.token(*rights, ttl=ttl, subject=f"watcher {self._number}")
        asked = {} if types is None else {"types": ",".join(sorted(types))}
        asked |= {} if subject is None else {"subject": subject}
        query = f"?{urlencode(asked)}" if asked else ""
        reader = await READERS[kind].open(
            self.server.url, token, last_id=last_id, query=query, keep=True
        )
        assert reader.status in (101, 200)
        hello = reader.position if last_id is None else int(last_id.partition("-")[2])
        expires_at = began + ttl + 1.0 if ttl == EXPIRES_SECONDS else None
        self.watchers.append(Watcher(reader, kind, rights, types, subject, hello, expires_at))

    async def some_go(self) -> list[tuple[str | None, str]]:
        """Cut a third of the lasting connections; return their last ids and transports."""
        going = [w for w in self.watchers if w.expires_at is None and self.random.random() < 0.33]
        for watcher in going:
            await watcher.reader.leave()
            self.watchers.remove(watcher)
        self.past += going
        return [(watcher.reader.last_id, watcher.kind) for watcher in going]

    async def happen(self, count: int) -> None:
        """Let things happen, and as the last of them one that everybody sees."""
        first = self.history[-1].position + 1 if self.history else 1
        kinds = [self.random.choice(TAGS) for _ in range(count - 1)] + [RESET]
        events = [
            EncodedEvent(tag, self.random.choice(SUBJECTS), b'{"mark":"mark-%d."}' % position)
            for position, tag in enumerate(kinds, first)
        ]
        at = time.time()
        for stored in await self.teller.tell(events):
            self.history.append(Told(stored.position, stored.tag, stored.subject, at))
        assert self.history[-1].position == first + count - 1
        await until(self._all_served, seconds=30)

    def _all_served(self) -> bool:
        newest = self.history[-1].position
        lasting = [watcher for watcher in self.watchers if watcher.expires_at is None]
        return all(watcher.reader.position >= newest for watcher in lasting)


async def test_no_byte_of_an_unseen_event_arrives_and_none_of_a_seen_one_is_missed(
    storage_server: StorageServer,
) -> None:
    async with telling(storage_server) as teller:
        crowd = Crowd(storage_server, teller, Random(20))
        for number in range(WATCHERS):
            await crowd.come(kind=list(READERS)[number % 2])
        for _ in range(ROUNDS):
            await crowd.happen(EVENTS)
            gone = await crowd.some_go()
            await crowd.happen(EVENTS)
            for last_id, kind in gone:
                await crowd.come(last_id, kind)
        await crowd.happen(EVENTS)
        ending = [watcher for watcher in crowd.watchers if watcher.expires_at is not None]
        for watcher in ending:
            await asyncio.wait_for(watcher.reader.ended.wait(), 10)
        for watcher in crowd.watchers:
            await watcher.reader.leave()
    for watcher in (*crowd.past, *crowd.watchers):
        watcher.check(crowd.history)
    assert {(w.kind, w.reader.code) for w in ending} == {
        ("websocket", AUTHENTICATE_AGAIN),
        ("sse", 1000),
    }
    kinds = {told.tag for told in crowd.history}
    assert kinds == set(TAGS)


@pytest.fixture
async def without_rights(ticket_server: StorageServer) -> AsyncIterator[dict[str, Reader]]:
    """Who watches with a ticket and no attributes, over each transport."""
    async with Dashboard(ticket_server) as dashboard:
        readers = {
            name: await kind.open(
                ticket_server.url,
                None,
                headers={
                    "Cookie": f"{COOKIE}={await dashboard.ticket()}",
                    "Origin": ticket_server.url,
                },
                keep=True,
            )
            for name, kind in READERS.items()
        }
    yield readers
    for reader in readers.values():
        await reader.leave()


async def test_a_ticket_of_somebody_without_rights_shows_heartbeats_and_resets_alone(
    ticket_server: StorageServer, without_rights: dict[str, Reader]
) -> None:
    async with Dashboard(ticket_server) as dashboard, inside(ticket_server) as transactions:
        location = await dashboard.create_location("secret shelf")
        aip = await dashboard.create_aip("secret letters")
        await dashboard.ask("POST", f"/storage/aips/{aip}/reject")
        async with transactions.begin(Caller(ARCHIVIST, "reject_aip")) as transaction:
            transaction.publish(_broken)
        position = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
    newest = int(position.partition("-")[2])
    for reader in without_rights.values():
        await reader.reach(newest)
        assert reader.received is not None
        assert set(re.findall(rb'"type":"(\w+)"', reader.received)) == {
            PING.encode(),
            RESET.encode(),
        }
        for secret in (location, aip, "secret"):
            assert secret.encode() not in reader.received


def _broken() -> StorageEvent:
    raise RuntimeError("a fault of ours, on purpose")
