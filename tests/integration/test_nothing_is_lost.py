"""Processes are killed and Redis is emptied while eight tasks write: nobody misses anything.

A writer changes packages through the service's own functions, one transaction a change, some of
them rolled back or cancelled.  Meanwhile two serving processes are killed and started again, Redis
is restarted, with its data and without, and the writer itself is killed.  Three subscribers on two
transports come back to whichever process is there, and must see exactly what was committed, once,
in the order of the log, byte for byte.  What was committed a ledger knows that is no event log.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.faults import ledger, writer
from tests.faults.account import Account, read_account
from tests.faults.comparison import Journal, difference, id_of
from tests.faults.subscriber import (
    OverGeneratedClient,
    OverSSE,
    OverWebSocket,
    Subscriber,
    in_turn,
    running,
)
from tests.faults.writing import Writing
from tests.integration.conftest import errors
from tests.integration.dashboard import Dashboard
from tests.servers.process import free_port
from tests.servers.redis_server import RedisServer
from tests.servers.storage_service import StorageServer

LOCATIONS: Final = 5
SEED: Final = 1
TO_SPARE: Final = 1.12
"""How many more changes are begun than must be committed: some are taken back or cancelled."""
PATIENCE: Final = 120
"""Seconds for a stretch of the writing, or for catching up: a loaded machine is slow."""


@dataclass(frozen=True)
class Plan:
    """How much is done, and how often somebody is struck meanwhile."""

    changes: int
    servers: int
    """Kills of serving processes."""
    redis: int
    """Restarts of Redis; every other time it is emptied."""
    writers: int
    """Kills of the writer."""


PLANS: Final = {
    "postgresql": Plan(changes=20_000, servers=10, redis=10, writers=3),
    "mariadb": Plan(changes=4_000, servers=5, redis=6, writers=2),
    "sqlite": Plan(changes=4_000, servers=5, redis=6, writers=2),
}


@dataclass
class Field:
    """All the processes."""

    plan: Plan

    servers: Sequence[StorageServer]
    redis: RedisServer
    writing: Writing
    journal: Journal

    def faults(self) -> list[tuple[str, Callable[[], None]]]:
        """Everything that is to happen, in a seeded order."""
        faults: list[tuple[str, Callable[[], None]]] = []
        for number in range(self.plan.servers):
            server = self.servers[number % len(self.servers)]
            faults.append((f"{server.url} was killed", partial(restart, server)))
        for number in range(self.plan.redis):
            keep = number % 2 == 0
            name = "restarted" if keep else "emptied"
            faults.append((f"Redis was {name}", partial(self.redis.restart, keep_data=keep)))
        faults += [("the writer was killed", self._kill_writer)] * self.plan.writers
        Random(SEED).shuffle(faults)
        return faults

    def _kill_writer(self) -> None:
        self.writing.kill()
        self.writing.start()


def restart(server: StorageServer) -> None:
    server.kill()
    server.start()


@pytest.mark.engines
async def test_three_subscribers_see_exactly_what_was_committed(
    database_engine: str,
    empty_database_url: str,
    redis_server: RedisServer,
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    url, plan = empty_database_url, PLANS[database_engine]
    with ExitStack() as stack:
        settings = {"SERVICE_DATABASE__URL": url, "SERVICE_EVENTS__URL": redis_server.url}
        servers = [
            stack.enter_context(
                StorageServer(tmp_path, name, SERVICE_HTTP__PORT=str(free_port()), **settings)
            )
            for name in ("one", "two")
        ]
        async with Dashboard(servers[0]) as dashboard:
            start = (await dashboard.ask("GET", "/storage/aips")).headers["event-position"]
            for _ in range(LOCATIONS):
                await dashboard.create_location()
        await writer.prepare(url, redis_server.url, SEED)
        writing = stack.enter_context(Writing(tmp_path, url, redis_server.url, SEED))
        field = Field(plan, servers, redis_server, writing, Journal())
        subscribers = subscribe(field, start)
        async with running(subscribers) as check:
            await make_it_hard(field, check)
            account = await read_account(url)
            await catch_up(subscribers, account, check)
    judge(field, subscribers, account)
    assert len({entry.change for entry in account.entries}) >= plan.changes
    print(
        f"\n{database_engine}: {len(account.events)} events, {plan.servers} kills of servers,"
        f" {plan.writers} of the writer, {plan.redis} restarts of Redis, half of them empty,"
        f" {[len(each.seen.connections) for each in subscribers]} connections:"
        f" 0 missing, repeated, reordered, reset; {time.monotonic() - began:.0f} s"
    )


def subscribe(field: Field, start: str) -> list[Subscriber]:
    first, second = field.servers

    def token() -> str:
        return first.token("*", ttl=24 * 3600)

    urls = (lambda: first.url, lambda: second.url)
    return [
        OverWebSocket("websocket", in_turn(*urls), token, start),
        OverSSE("sse", in_turn(*reversed(urls)), token, start),
        OverGeneratedClient("generated client", in_turn(*urls), token, start),
    ]


async def make_it_hard(field: Field, check: Callable[[], None]) -> None:
    """Strike again and again while the writer writes; it is never far ahead of the faults."""
    writing, faults = field.writing, field.faults()
    changes = int(field.plan.changes * TO_SPARE)
    stretch = changes // (len(faults) + 1)
    writing.allow(2 * stretch)
    for number, (name, strike) in enumerate(faults, 1):
        await until(partial(writing.has_done, number * stretch), check)
        field.journal.note(name)
        await asyncio.to_thread(strike)
        writing.allow(stretch)
    writing.allow(changes - (len(faults) + 2) * stretch)
    await asyncio.to_thread(writing.finish)


async def catch_up(
    subscribers: Sequence[Subscriber], account: Account, check: Callable[[], None]
) -> None:
    """Wait until everybody has come to the end; `judge` says who has not."""
    end = id_of(account.documents[-1])
    with suppress(TimeoutError):
        await until(lambda: all(each.last_id == end for each in subscribers), check)


async def until(condition: Callable[[], bool], check: Callable[[], None]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            check()
            if condition():
                return
            await asyncio.sleep(0.02)


def judge(field: Field, subscribers: Sequence[Subscriber], account: Account) -> None:
    due = account.documents
    differences = [difference(due, each.seen, field.journal) for each in subscribers]
    assert [each for each in differences if each] == []

    begun = len([event for event in account.events if event.operation == "create_location"])
    assert ledger.faults(account.entries, account.events[begun:])[:3] == []
    entered = {entry.change for entry in account.entries}
    assert field.writing.changes(writer.COMMITTED) <= entered
    assert not field.writing.changes(writer.TAKEN_BACK) & entered
    assert account.things == account.told

    for subscriber in subscribers:
        # A kill reaches whoever is there; everybody was struck, on both servers.
        assert len(subscriber.seen.connections) > field.plan.servers // 3
        assert len({each.url for each in subscriber.seen.connections}) == 2
    for server in field.servers:
        assert errors(server.log()) == []
