"""What people write and when it was: kept, found and compared alike by every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from generated.storage.models import AIPStatus
from service.storage.aip_list import MAX_LIMIT, Wanted, list_aips
from tests.many_packages import START, fill, moment
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines

LONGEST = 2048
NAMES = [
    "",
    " ",
    "letters",
    "letters ",
    " letters",
    "Letters",
    "LETTERS",
    "line\nbreak",
    "tab\there",
    "Straße",
    "STRASSE",
    "café",
    "cafe\N{COMBINING ACUTE ACCENT}",
    "cafe",
    "İstanbul",
    "ﬁnding aid",
    "Żółw 🐢",
    "👩\N{ZERO WIDTH JOINER}🚀",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc",
    "\x01\x1f\x7f",
    "\ufffd\uffff",
    "100%_\\'\";--",
    "x" * LONGEST,
    "🐢" * LONGEST,
]
"""Texts that a database may fold, trim, cut or take for something else."""

PARTS = [
    *NAMES,
    "é",
    "É",
    "\N{COMBINING ACUTE ACCENT}",
    "ss",
    "🐢 ",
    "🚀",
    "%",
    "_",
    "\\",
    "'",
    "y" * 60_000,
]

EDGES = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(-timedelta(hours=14))),
    START - timedelta(microseconds=1),
    START,
    moment(5),
    moment(5) + timedelta(microseconds=1),
    moment(5).astimezone(timezone(timedelta(hours=5, minutes=45))),
    moment(10),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=14))),
]


async def test_a_name_is_kept_and_found_letter_by_letter(domain: Domain) -> None:
    for name in NAMES:
        await domain.add_aip(name)
    newest_first = NAMES[::-1]
    for part in PARTS:
        async with domain.database.read() as session:
            found = await list_aips(session, Wanted(query=part), limit=-1, offset=0)
        expected = [name for name in newest_first if part in name]
        assert [item.name for item in found.items] == expected, part[:40]


async def test_moments_are_compared_as_moments_however_far_and_in_whatever_zone(
    domain: Domain,
) -> None:
    await fill(domain.database.url, 10)
    recorded = [moment(number) for number in range(1, 11)]
    for earliest in EDGES:
        for latest in EDGES:
            if latest < earliest:
                continue
            wanted = Wanted(earliest=earliest, latest=latest)
            async with domain.database.read() as session:
                found = await list_aips(session, wanted, limit=None, offset=None)
            expected = [
                each for each in recorded if earliest <= each < latest or earliest == latest == each
            ]
            assert [item.created_at for item in found.items] == expected[::-1], wanted


@pytest.mark.parametrize("limit", [None, MAX_LIMIT, -1])
@pytest.mark.parametrize("offset", [3, 10, 2**31, 2**63 - 1])
async def test_a_page_may_begin_anywhere(domain: Domain, limit: int | None, offset: int) -> None:
    await fill(domain.database.url, 10)
    async with domain.database.read() as session:
        found = await list_aips(session, Wanted(), limit=limit, offset=offset)
    assert [item.created_at for item in found.items] == [
        moment(number) for number in range(10 - offset, 0, -1)
    ]
    assert (found.page.offset, found.page.total) == (offset, 10)


async def test_of_one_second_the_package_that_was_recorded_last_comes_first(domain: Domain) -> None:
    for name in "abc":
        await domain.add_aip(name, AIPStatus.PENDING)
    async with domain.database.read() as session:
        found = await list_aips(session, Wanted(status=AIPStatus.PENDING), limit=2, offset=0)
    assert ([item.name for item in found.items], found.page.total) == (["c", "b"], 3)
