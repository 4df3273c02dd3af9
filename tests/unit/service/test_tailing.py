"""The log on a terminal."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from sqlalchemy import delete

from runtime.events.event import StoredEvent
from runtime.events.log import event as event_table
from service.tailing import Show, document, line, tail
from tests.unit.service.conftest import Domain

EVENT = StoredEvent(
    stream="storage",
    position=7,
    tag="aip_updated_event",
    subject="11111111-1111-4111-8111-111111111111",
    payload=b'{"uuid":"11111111-1111-4111-8111-111111111111","item":{"name":"letters"}}',
    actor="https://id.test 1",
    operation="reject_aip",
    recorded_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)


def test_a_line_says_when_what_happened_to_what_by_whom() -> None:
    assert line(EVENT).split() == [
        "7",
        "2026-01-02T03:04:05Z",
        "aip_updated_event",
        "11111111-1111-4111-8111-111111111111",
        "reject_aip",
        "by",
        "https://id.test",
        "1",
    ]


def test_what_a_stranger_wrote_controls_no_terminal() -> None:
    event = StoredEvent(
        stream="storage",
        position=1,
        tag="aip_updated_event",
        subject=None,
        payload=b"{}",
        actor="x\x1b[2J\ny",
        operation="reject_aip",
        recorded_at=EVENT.recorded_at,
    )
    assert line(event).isprintable()
    assert "\n" not in document(event)


def test_a_document_has_the_event_whole() -> None:
    shown = json.loads(document(EVENT))
    assert shown["value"] == json.loads(EVENT.payload)
    assert (shown["position"], shown["type"], shown["actor"]) == (
        7,
        "aip_updated_event",
        "https://id.test 1",
    )


async def told(domain: Domain, number: int, after: int | None, show: Show = line) -> list[str]:
    """Tail until so many lines were told."""
    lines: list[str] = []
    enough = asyncio.Event()

    def tell(said: str) -> None:
        lines.append(said)
        if len(lines) == number:
            enough.set()

    tailing = asyncio.create_task(tail(domain.database, tell, show, after))
    async with asyncio.timeout(30):
        await enough.wait()
    tailing.cancel()
    await asyncio.gather(tailing, return_exceptions=True)
    return lines[:number]


async def test_it_begins_where_it_is_told_to(domain: Domain) -> None:
    for name in ("first", "second", "third"):
        await domain.add_aip(name)
    lines = await told(domain, 2, after=1, show=document)
    assert [json.loads(each)["value"]["item"]["name"] for each in lines] == ["second", "third"]


async def test_without_a_position_it_tells_of_what_comes(domain: Domain) -> None:
    await domain.add_aip("before")

    async def add() -> None:
        while True:
            await domain.add_aip("after")
            await asyncio.sleep(0.05)

    adding = asyncio.create_task(add())
    first, second = await told(domain, 2, after=None, show=document)
    adding.cancel()
    await asyncio.gather(adding, return_exceptions=True)
    names = [json.loads(each)["value"]["item"]["name"] for each in (first, second)]
    assert names == ["after", "after"]


async def test_what_has_been_removed_is_said_to_be(domain: Domain) -> None:
    for _ in range(3):
        await domain.add_aip()
    writing = await domain.database.begin_write()
    await writing.session.execute(delete(event_table).where(event_table.c.position < 3))
    await writing.commit()
    await writing.end()
    lines = await told(domain, 2, after=0)
    assert lines[0] == "events 1 to 2 have been removed"
    assert lines[1].split()[0] == "3"
