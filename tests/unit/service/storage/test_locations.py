"""Locations: recorded, renamed, listed; their configuration checked and sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from generated.storage.errors import NotFound, NotValid
from generated.storage.models import LocationDefault, UpdateLocation
from service.storage import items, locations
from service.storage.rows import LocationRow
from service.storage.sealing import CONFIG
from tests.unit.service.conftest import Domain, a_location

pytestmark = pytest.mark.engines


async def create(domain: Domain, config: dict[str, Any]) -> LocationRow:
    body = a_location(domain.root / "shelf").model_copy(
        update={"config": CONFIG.validate_python(config)}
    )
    async with domain.begin("create_location") as transaction:
        return await locations.create_location(transaction, domain.configurations, body)


async def update(domain: Domain, uuid: UUID, body: UpdateLocation) -> LocationDefault:
    async with domain.begin("update_location") as transaction:
        return await locations.update_location(transaction, uuid, body)


async def test_a_configuration_is_sealed_and_comes_back_whole(domain: Domain) -> None:
    config = {"bucket": "b", "region": "r", "key": "k", "secret": "hush", "path_style": False}
    row = await create(domain, {"type": "s3", "value": config})
    assert b"hush" not in row.config
    opened = domain.configurations.of(row)
    assert (opened.type, opened.value.model_dump(exclude_none=True)) == ("s3", config)


async def test_a_description_is_always_shown(domain: Domain) -> None:
    assert items.location(await domain.add_location()).description == ""


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"type": "s3", "value": {"bucket": "", "region": "r"}}, "invalid configuration"),
        ({"type": "s3", "value": {"bucket": "b", "region": ""}}, "invalid configuration"),
        ({"type": "url", "value": {"url": ""}}, "invalid configuration"),
        ({"type": "url", "value": {"url": "mem://x"}}, "invalid configuration"),
        ({"type": "url", "value": {"url": "file:///etc"}}, "invalid configuration"),
        ({"type": "url", "value": {"url": "file://elsewhere/x"}}, "invalid configuration"),
        (
            {
                "type": "sftp",
                "value": {"address": "a", "username": "u", "password": "hush", "directory": "d"},
            },
            "unsupported config type: sftp",
        ),
        (
            {"type": "amss", "value": {"api_key": "hush", "url": "u", "username": "n"}},
            "unsupported config type: amss",
        ),
    ],
)
async def test_a_configuration_that_cannot_be_used_is_refused(
    domain: Domain, config: dict[str, Any], message: str
) -> None:
    with pytest.raises(NotValid, match=message) as caught:
        await create(domain, config)
    assert "hush" not in caught.value.message
    assert await domain.logged() == []


async def test_a_link_does_not_lead_out_of_the_roots(domain: Domain, tmp_path: Path) -> None:
    domain.root.mkdir()
    (domain.root / "out").symlink_to(tmp_path)
    with pytest.raises(NotValid, match="root"):
        await create(domain, {"type": "url", "value": {"url": (domain.root / "out").as_uri()}})


@pytest.mark.parametrize(
    ("body", "name", "description"),
    [
        (UpdateLocation(name="attic"), "attic", ""),
        (UpdateLocation(description="dry"), "shelf", "dry"),
        (UpdateLocation(name="attic", description="dry"), "attic", "dry"),
    ],
)
async def test_what_is_not_given_stays(
    domain: Domain, body: UpdateLocation, name: str, description: str
) -> None:
    row = await domain.add_location()
    changed = await update(domain, row.uuid, body)
    assert (changed.name, changed.description) == (name, description)


@pytest.mark.parametrize("body", [UpdateLocation(), UpdateLocation(name="shelf")])
async def test_where_nothing_changes_nothing_is_published(
    domain: Domain, body: UpdateLocation
) -> None:
    row = await domain.add_location("shelf")
    await update(domain, row.uuid, body)
    assert [event.tag for event in await domain.logged()] == ["location_created_event"]


@pytest.mark.parametrize("field", ["name", "description"])
async def test_a_text_that_not_every_database_keeps_is_refused_by_all(
    domain: Domain, field: str
) -> None:
    row = await domain.add_location()
    said = rf"{field} cannot hold the character U\+0000"
    body = a_location(domain.root / "shelf").model_copy(update={field: "a\0b"})
    with pytest.raises(NotValid, match=said):
        async with domain.begin("create_location") as transaction:
            await locations.create_location(transaction, domain.configurations, body)
    with pytest.raises(NotValid, match=said):
        await update(domain, row.uuid, UpdateLocation.model_validate({field: "a\0b"}))
    assert len(await domain.logged()) == 1


async def test_a_location_that_nobody_knows_is_not_found(domain: Domain) -> None:
    with pytest.raises(NotFound) as caught:
        await update(domain, UUID(int=1), UpdateLocation(name="x"))
    assert caught.value.body.message == "location not found"


async def test_locations_and_their_packages_are_listed_oldest_first(domain: Domain) -> None:
    first, second = await domain.add_location("first"), await domain.add_location("second")
    for name in ("a", "b"):
        await domain.add_aip(name, location_uuid=first.uuid)
    await domain.add_aip("internal")
    async with domain.database.read() as session:
        listed = await locations.list_locations(session)
        inside = await locations.list_location_aips(session, first.uuid)
        assert await locations.list_location_aips(session, second.uuid) == []
        assert await locations.list_location_aips(session, UUID(int=1)) == []
    assert [location.name for location in listed] == ["first", "second"]
    assert [aip.name for aip in inside] == ["a", "b"]
