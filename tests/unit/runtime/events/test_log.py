from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from runtime.database.completion import to_the_end
from runtime.database.engine import Database
from runtime.database.failures import away
from runtime.events.counter import append
from runtime.events.counter.batch import Batch
from runtime.events.event import EventPosition, StoredEvent
from runtime.events.log import EventLog
from runtime.events.publisher import EncodedEvent

pytestmark = pytest.mark.engines

FISH_SEEN = EncodedEvent("fish_seen_event", "perch", b"{}")
OWN_NUMBER = {
    "postgresql": text("SELECT pg_backend_pid()"),
    "mariadb": text("SELECT CONNECTION_ID()"),
}


async def commit(database: Database, log: EventLog, *payloads: bytes) -> list[StoredEvent]:
    """Commit events with these payloads, and nothing else."""
    writing = await database.begin_write()
    try:
        return await log.commit(
            writing,
            [EncodedEvent("fish_seen_event", "perch", payload) for payload in payloads],
            actor="angler",
            operation="see_fish",
        )
    finally:
        await to_the_end(writing.end())


async def test_what_is_read_is_what_was_written(database: Database, log: EventLog) -> None:
    stored = await commit(database, log, b'{"a":"\xc3\xa9"}', b"{}")
    assert await log.read(0, 10) == stored
    assert [event.position for event in stored] == [1, 2]
    assert stored[0].recorded_at.tzinfo is UTC
    assert datetime.now(UTC) - stored[0].recorded_at < timedelta(seconds=5)


async def test_a_page_begins_behind_a_position_and_has_a_limit(
    database: Database, log: EventLog
) -> None:
    await commit(database, log, *(b"%d" % number for number in range(1, 11)))
    assert [event.payload for event in await log.read(3, 4)] == [b"4", b"5", b"6", b"7"]
    assert await log.read(10, 4) == []


async def test_logs_of_one_database_count_for_themselves(database: Database, log: EventLog) -> None:
    lake = EventLog(database, "lake")
    await commit(database, log, b"1", b"2")
    await commit(database, lake, b"1")
    assert (await log.head()).position == 2
    assert (await lake.head()).position == 1
    assert [event.stream for event in await lake.read(0, 10)] == ["lake"]


async def test_processes_that_begin_a_log_together_agree_on_its_epoch(database_url: str) -> None:
    databases = [await Database.open(database_url) for _ in range(4)]
    heads = await asyncio.gather(*(EventLog(each, "pond").head() for each in databases))
    assert len(set(heads)) == 1
    for each in databases:
        await each.close()


async def test_writers_who_do_not_know_of_one_another_write_one_sequence(
    database: Database,
) -> None:
    logs = [EventLog(database, "pond") for _ in range(2)]
    positions = [
        event.position
        for writer, number in [(0, 1), (1, 1), (0, 3), (0, 1), (1, 1), (0, 2), (1, 1)]
        for event in await commit(database, logs[writer], *[b"{}"] * number)
    ]
    assert positions == list(range(1, 11))
    assert [event.position for event in await logs[0].read(0, 20)] == positions
    assert (await logs[1].head()).position == 10


async def test_the_first_event_may_come_before_anybody_asked_for_the_head(
    database: Database, log: EventLog
) -> None:
    await commit(database, log, b"{}")
    assert (await log.head()).position == 1


@pytest.mark.parametrize("size", [0, 70_000, 1_000_000])
async def test_a_payload_of_any_size_is_kept_whole(
    database: Database, log: EventLog, size: int
) -> None:
    await commit(database, log, b"x" * size)
    [event] = await log.read(0, 1)
    assert len(event.payload) == size


@pytest.mark.engines("postgresql", "mariadb")
async def test_events_go_with_a_rollback_that_comes_before_the_commit(
    database: Database, log: EventLog
) -> None:
    await commit(database, log, b"1")
    writing = await database.begin_write()
    batch = Batch(
        stream="pond",
        events=[FISH_SEEN],
        actor="",
        operation="see_fish",
        recorded_at=datetime.now(UTC),
    )
    assert await append(writing.connection, batch) == 2
    await to_the_end(writing.end())
    assert (await log.head()).position == 1
    assert len(await log.read(0, 10)) == 1


@pytest.mark.engines("postgresql", "mariadb")
async def test_a_server_that_hangs_up_before_the_events_is_away_and_the_next_writer_is_served(
    database: Database, log: EventLog
) -> None:
    await commit(database, log, b"1")
    writing = await database.begin_write()
    try:
        await hang_up(database, await writing.session.scalar(OWN_NUMBER[database.name]))
        with pytest.raises(Exception) as caught:  # noqa: PT011  the driver's own
            await log.commit(writing, [FISH_SEEN], actor="", operation="see_fish")
        assert away(caught.value)
    finally:
        await to_the_end(writing.end())
    [event] = await commit(database, log, b"2")
    assert event.position == 2


async def hang_up(database: Database, number: int) -> None:
    """End a connection, and wait until it is over."""
    async with database.read() as session:
        if database.name == "postgresql":
            await session.execute(text("SELECT pg_terminate_backend(:it, 5000)"), {"it": number})
        else:
            await session.execute(text(f"KILL {number}"))


def test_a_position_is_written_as_its_epoch_and_its_number() -> None:
    assert str(EventPosition(1700, 42)) == "1700-42"
