"""An account of what was committed that owes nothing to the event log.

Every transaction that changes something writes here too, in plain columns: which change it is,
what it changed, to what, and the how manieth change of that thing it is.  Whatever the database
made last, it made both last; so the log must tell exactly of this, in an order that agrees.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from generated.storage.models import AIP, LocationDefault
from runtime.events.event import StoredEvent
from service.storage.rows import AIPRow

metadata: Final = MetaData()
ledger: Final = Table(
    "ledger",
    metadata,
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(36), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("says", String(255), nullable=False),
    Index("ix_ledger_subject", "subject", "turn"),
)

Changed: TypeAlias = AIPRow | AIP | LocationDefault
"""What the functions that change something hand back, or what they were given to change."""


@dataclass(frozen=True, order=True)
class Entry:
    """One step of one change."""

    change: int
    step: int
    subject: str
    turn: int
    says: str


def said(item: Changed) -> str:
    """Tell what became of it."""
    if isinstance(item, LocationDefault):
        return item.name
    return f"{item.status} in {item.location_uuid}"


async def enter(session: AsyncSession, change: int, step: int, item: Changed) -> None:
    """Write down what a change made of something, which the transaction has locked by changing it."""
    subject = str(item.uuid)
    last = await session.scalar(select(func.max(ledger.c.turn)).where(ledger.c.subject == subject))
    await session.execute(
        ledger.insert().values(
            change=change, step=step, subject=subject, turn=(last or 0) + 1, says=said(item)
        )
    )


async def entries(session: AsyncSession) -> list[Entry]:
    """Read all of it."""
    return sorted(Entry(*row) for row in await session.execute(select(ledger)))


def faults(entries: Iterable[Entry], events: Sequence[StoredEvent]) -> list[str]:
    """Name what a dense run of the log and the ledger do not agree about; nothing is right.

    The actor of an event is the number of its change.
    """
    found: list[str] = []
    expected = {(entry.change, entry.step): entry for entry in entries}
    steps: dict[int, int] = defaultdict(int)
    turns: dict[str, int] = defaultdict(int)
    for number, event in enumerate(events, events[0].position):
        if event.position != number:
            found.append(f"event {event.position} stands where {number} should")
        change = int(event.actor)
        steps[change] += 1
        entry = expected.pop((change, steps[change]), None)
        if entry is None:
            found.append(f"event {event.position} tells of change {change}, never committed")
            continue
        if (entry.subject, entry.says) != (event.subject, told(event)):
            found.append(f"event {event.position} says {told(event)!r} of {entry}")
        turns[entry.subject] += 1
        if entry.turn != turns[entry.subject]:
            found.append(f"event {event.position} comes out of turn: {entry}")
    return found + [f"committed without an event: {entry}" for entry in expected.values()]


def told(event: StoredEvent) -> str:
    """Say what an event says became of its subject, in the ledger's words."""
    item: dict[str, Any] | None = json.loads(event.payload).get("item")
    if item is None:
        return event.tag
    if event.tag.startswith("location"):
        return str(item["name"])
    return f"{item['status']} in {item.get('location_uuid')}"
