"""The list of packages: what is found, in which order, in which pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from generated.storage.errors import NotValid
from generated.storage.models import AIPs, AIPStatus
from service.storage.aip_list import Wanted, effective_limit, effective_offset, list_aips
from tests.unit.service.conftest import Domain

pytestmark = pytest.mark.engines

HOUR = timedelta(hours=1)


async def listed(
    domain: Domain, wanted: Wanted | None = None, *, limit: int | None = None, offset: int = 0
) -> AIPs:
    async with domain.database.read() as session:
        return await list_aips(session, wanted or Wanted(), limit=limit, offset=offset)


def names(found: AIPs) -> list[str]:
    return [item.name for item in found.items]


@pytest.mark.parametrize(
    ("asked", "effective"),
    [(None, 20), (0, 20), (1, 1), (50_000, 50_000), (50_001, 50_000), (-1, 50_000)],
)
def test_a_page_has_a_limit(asked: int | None, effective: int) -> None:
    assert effective_limit(asked) == effective


@pytest.mark.parametrize(("asked", "effective"), [(None, 0), (0, 0), (-5, 0), (7, 7)])
def test_a_page_has_an_offset(asked: int | None, effective: int) -> None:
    assert effective_offset(asked) == effective


async def test_the_newest_package_comes_first_and_pages_count_them_all(domain: Domain) -> None:
    for number in range(5):
        await domain.add_aip(str(number))
    page = await listed(domain, limit=2, offset=1)
    assert names(page) == ["3", "2"]
    assert (page.page.limit, page.page.offset, page.page.total) == (2, 1, 5)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Brief", ["Briefe 100%"]),
        ("brief", []),
        ("0%", ["Briefe 100%"]),
        ("%", ["Briefe 100%"]),
        ("_", ["a_b"]),
        ("a_b", ["a_b"]),
        ("axb", ["axb"]),
        ("\\", ["back\\slash"]),
        ("é", ["café"]),
        ("É", []),
        ("", ["café", "back\\slash", "axb", "a_b", "Briefe 100%"]),
        ("nothing of that", []),
    ],
)
async def test_a_part_of_a_name_is_found_as_it_is_written(
    domain: Domain, query: str, found: list[str]
) -> None:
    for name in ("Briefe 100%", "a_b", "axb", "back\\slash", "café"):
        await domain.add_aip(name)
    page = await listed(domain, Wanted(query=query))
    assert names(page) == found
    assert page.page.total == len(found)


async def test_a_part_that_no_name_can_have_finds_nothing(domain: Domain) -> None:
    await domain.add_aip("letters")
    found = await listed(domain, Wanted(query="\0"))
    assert (found.items, found.page.total) == ([], 0)


async def test_a_part_of_an_identifier_is_found_too(domain: Domain) -> None:
    row = await domain.add_aip("wanted")
    await domain.add_aip("other")
    assert names(await listed(domain, Wanted(query=str(row.uuid)[5:30]))) == ["wanted"]


async def test_packages_are_filtered_by_status(domain: Domain) -> None:
    await domain.add_aip("stored", AIPStatus.STORED)
    await domain.add_aip("pending", AIPStatus.PENDING)
    assert names(await listed(domain, Wanted(status=AIPStatus.PENDING))) == ["pending"]


async def test_times_bound_when_a_package_was_recorded(domain: Domain) -> None:
    created = (await domain.add_aip()).created_at
    for wanted, total in (
        (Wanted(earliest=created), 1),
        (Wanted(earliest=created + timedelta(microseconds=1)), 0),
        (Wanted(latest=created), 0),
        (Wanted(latest=created + timedelta(microseconds=1)), 1),
        (Wanted(earliest=created - HOUR, latest=created + HOUR), 1),
        (Wanted(earliest=created - HOUR, latest=created), 0),
        (Wanted(earliest=created, latest=created), 1),
        (Wanted(earliest=created - HOUR, latest=created - HOUR), 0),
    ):
        assert (await listed(domain, wanted)).page.total == total, wanted


@pytest.mark.parametrize("latest", [datetime(2026, 1, 1, tzinfo=UTC), None])
async def test_a_time_range_does_not_end_before_it_starts(
    domain: Domain, latest: datetime | None
) -> None:
    # Without an end it ends now.
    earliest = datetime.now(UTC) + HOUR
    with pytest.raises(NotValid, match="created at: time range: end cannot be before start"):
        await listed(domain, Wanted(earliest=earliest, latest=latest))
