from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from runtime.auth import revocation_table
from runtime.auth.claims import Claims
from runtime.auth.revocation_table import KnownRevocations, RevocationTable
from runtime.auth.revocations import Revocation
from runtime.database.engine import Database
from runtime.database.migrate import create_tables
from tests.unit.runtime.waiting import until

NOON = datetime(2026, 1, 2, 12, 0, 0, 400_000, tzinfo=UTC)
ANN = Claims(issuer="https://id.test", subject="ann", issued_at=NOON - timedelta(hours=1))


def of(subject: str, issued_before: datetime = NOON, issuer: str = "https://id.test") -> Revocation:
    return Revocation(issuer=issuer, subject=subject, issued_before=issued_before)


@pytest.fixture
async def table(empty_database_url: str) -> AsyncIterator[RevocationTable]:
    await create_tables(empty_database_url, [revocation_table.metadata])
    database = await Database.open(empty_database_url)
    yield RevocationTable(database)
    await database.close()


@pytest.mark.engines
async def test_what_is_revoked_is_kept_once_for_a_subject_until_it_is_undone(
    table: RevocationTable,
) -> None:
    longest = of("s" * 255, issuer="i" * 512)
    for each in (of("ben"), of("ann"), longest, of("Ann")):
        await table.add(each)
    later = of("ann", NOON + timedelta(hours=1))
    await table.add(later)
    found = await table.read()
    assert sorted(found, key=lambda each: each.subject) == [of("Ann"), later, of("ben"), longest]
    assert await table.remove("https://id.test", "ann")
    assert not await table.remove("https://id.test", "ann")
    assert {each.subject for each in await table.read()} == {"Ann", "ben", "s" * 255}


@pytest.mark.parametrize("bad", [of(""), of("s" * 256), of("ann", issuer="i" * 513)])
async def test_what_no_token_can_say_is_not_revoked(
    table: RevocationTable, bad: Revocation
) -> None:
    with pytest.raises(ValueError, match=r"subject|issuer"):
        await table.add(bad)


async def test_a_process_learns_what_was_revoked_and_undone_by_looking(
    table: RevocationTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation_table, "LOOK_SECONDS", 0.02)
    known = await KnownRevocations.open(table)
    changes: list[bool] = []
    known.on_change = lambda: changes.append(known.cover(ANN))
    assert not known.cover(ANN)
    await table.add(of("ann"))
    await until(lambda: known.cover(ANN))
    await table.remove("https://id.test", "ann")
    await until(lambda: not known.cover(ANN))
    assert changes == [True, False]
    assert known.counters.known == 0
    await known.close()


async def test_what_is_revoked_at_the_start_is_known_from_the_start(table: RevocationTable) -> None:
    await table.add(of("ann"))
    known = await KnownRevocations.open(table)
    assert known.cover(ANN)
    await known.close()


class Away(RevocationTable):
    """A table that cannot be read at times."""

    away = False

    async def read(self) -> list[Revocation]:
        if self.away:
            raise OSError("the database is away")
        return [of("ann")]


def stale(known: KnownRevocations) -> bool:
    return known.stale


async def test_while_the_table_is_away_what_was_known_stays_in_force(
    table: RevocationTable,
) -> None:
    clock = [0.0]
    away = Away(table._database)
    known = KnownRevocations(away, now=lambda: clock[0])
    await known.look()
    with capture_logs() as logs:
        away.away = True
        for clock[0] in (2.0, 4.0, 10.0):
            await known.look()
            assert not stale(known)
        clock[0] = 10.1
        assert stale(known)
        assert known.cover(ANN)
        away.away = False
        await known.look()
    assert not stale(known)
    assert known.counters.read_failures == 3
    assert [entry["event"] for entry in logs] == ["revocations.unreadable"]
