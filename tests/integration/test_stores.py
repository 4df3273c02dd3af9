"""Packages in buckets: moves in every direction, and no word of a configuration anywhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from tests.integration.dashboard import Dashboard
from tests.servers.s3_server import S3Bucket, S3Server
from tests.servers.storage_service import StorageServer

INTERNAL = str(UUID(int=0))
BYTES = os.urandom(9 << 20)
"""More than one part."""

MARKERS = {"key": "AKIAMARKEDKEY", "secret": "marked-secret", "token": "marked-token"}


@pytest.fixture
async def dashboard(bucket_server: StorageServer) -> AsyncIterator[Dashboard]:
    async with Dashboard(bucket_server) as dashboard:
        yield dashboard


def s3(value: dict[str, Any]) -> dict[str, Any]:
    return {"source": "s3", "config": {"type": "s3", "value": value}}


async def move(dashboard: Dashboard, aip: str, location: str) -> int:
    """Ask for a move and wait for its end; return the last status of the question."""
    path = f"/storage/aips/{aip}/store"
    answer = await dashboard.ask("POST", path, {"location_uuid": location})
    assert answer.status_code == 202, answer.text
    async with asyncio.timeout(60):
        while True:
            answer = await dashboard.ask("GET", path)
            if answer.status_code != 200 or answer.json()["done"]:
                return answer.status_code
            await asyncio.sleep(0.05)


async def test_a_package_moves_between_buckets_and_folders_in_every_direction(
    bucket_server: StorageServer,
    dashboard: Dashboard,
    internal_bucket: S3Bucket,
    s3_server: S3Server,
) -> None:
    client = s3_server.client("s3")
    one, two = s3_server.new_bucket(), s3_server.new_bucket()
    places = {
        "internal": INTERNAL,
        "one": await dashboard.create_location("one", **s3(one.value())),
        "two": await dashboard.create_location("two", **s3(two.value())),
        "shelf": await dashboard.create_location("shelf"),
    }
    aip = await dashboard.create_aip()
    client.put_object(Bucket=internal_bucket.name, Key=f"aips/{aip}", Body=BYTES)

    def where() -> list[str]:
        [shelf] = (bucket_server.folder / "locations").glob("shelf-*") if shelved else [Path("/no")]
        found = {
            "internal": f"aips/{aip}" in s3_server.keys(internal_bucket),
            "one": aip in s3_server.keys(one),
            "two": aip in s3_server.keys(two),
            "shelf": (shelf / aip).exists(),
        }
        return [name for name, there in found.items() if there]

    shelved = False
    for target in ("one", "two", "shelf", "internal", "shelf", "one", "internal"):
        assert await move(dashboard, aip, places[target]) == 200
        shelved = shelved or target == "shelf"
        assert where() == [target]
        shown = (await dashboard.ask("GET", f"/storage/aips/{aip}")).json()
        assert shown["status"] == "stored"
        assert shown.get("location_uuid", INTERNAL) == places[target]
    arrived = client.get_object(Bucket=internal_bucket.name, Key=f"aips/{aip}")["Body"].read()
    assert arrived == BYTES


async def test_two_locations_that_are_one_place_do_not_cost_the_package(
    dashboard: Dashboard, internal_bucket: S3Bucket, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    one = await dashboard.create_location("one", **s3(bucket.value()))
    same = await dashboard.create_location(
        "same", **s3(bucket.value(endpoint=f"{bucket.endpoint}/", region="eu-west-1"))
    )
    aip = await dashboard.create_aip(location_uuid=one)
    s3_server.client("s3").put_object(Bucket=bucket.name, Key=aip, Body=b"the only ones")

    assert await move(dashboard, aip, same) == 424
    assert s3_server.keys(bucket) == [aip]
    [workflow] = (await dashboard.ask("GET", f"/storage/aips/{aip}/workflows")).json()["workflows"]
    assert "the same place" in workflow["tasks"][0]["note"]


async def test_a_location_that_passes_its_check_is_created_and_nothing_is_left_there(
    dashboard: Dashboard, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    answer = await create(dashboard, bucket.value())
    assert answer.status_code == 201
    assert s3_server.keys(bucket) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"bucket": "no-such-bucket"}, "the bucket does not exist"),
        ({"key": MARKERS["key"]}, "the store does not know the access key"),
        ({"secret": MARKERS["secret"]}, "the secret does not belong to the access key"),
        ({"endpoint": "http://127.0.0.1:1"}, "the store cannot be reached"),
    ],
    ids=["bucket", "key", "secret", "endpoint"],
)
async def test_a_location_that_fails_its_check_is_not_created(
    dashboard: Dashboard, s3_server: S3Server, other: dict[str, str], said: str
) -> None:
    before = (await dashboard.ask("GET", "/storage/locations")).json()
    answer = await create(dashboard, s3_server.new_bucket().value(**other))
    assert (answer.status_code, answer.json()["name"]) == (400, "not_valid")
    message = answer.json()["message"]
    assert message.startswith("invalid configuration: the check failed: cannot write object")
    assert said in message
    assert message.endswith("Correct it, or leave the check out")
    assert (await dashboard.ask("GET", "/storage/locations")).json() == before


async def create(dashboard: Dashboard, value: dict[str, Any]) -> httpx2.Response:
    body = {"name": "bucket", "purpose": "aip_store", **s3(value)}
    return await dashboard.ask("POST", "/storage/locations?check=true", body)


async def test_no_word_of_a_configuration_is_in_an_answer_an_event_a_note_or_the_log(
    bucket_server: StorageServer,
    dashboard: Dashboard,
    internal_bucket: S3Bucket,
    s3_server: S3Server,
) -> None:
    bucket = s3_server.new_bucket()
    marked = bucket.value(**MARKERS)
    secrets = [*MARKERS.values(), bucket.name, bucket.endpoint, bucket.key, bucket.secret]
    logged = len(bucket_server.log())
    said = []
    async with dashboard.watch("*") as watching:
        said.append((await create(dashboard, marked)).text)
        wrong = await dashboard.create_location("wrong", **s3(marked))
        right = await dashboard.create_location("right", **s3(bucket.value()))
        aip, lost = await dashboard.create_aip(), await dashboard.create_aip(location_uuid=wrong)
        key = f"aips/{aip}"
        s3_server.client("s3").put_object(Bucket=internal_bucket.name, Key=key, Body=b"bytes")
        assert await move(dashboard, aip, wrong) == 424
        assert await move(dashboard, lost, right) == 424
        assert await move(dashboard, aip, right) == 200
        for path in ("locations", "aips", f"aips/{aip}/workflows", f"aips/{lost}/workflows"):
            said.append((await dashboard.ask("GET", f"/storage/{path}")).text)
        for each in (wrong, right):
            said.append((await dashboard.ask("GET", f"/storage/locations/{each}")).text)
        await dashboard.create_location("last")
        frames = await watching.until("location_created_event", name="last")
    said += [frame.text for frame in frames]
    said.append(bucket_server.log()[logged:])
    said.append((bucket_server.folder / "storage.db").read_bytes().decode(errors="replace"))

    assert "the store does not know the access key" in "".join(said)
    assert [secret for secret in secrets if any(secret in text for text in said)] == []
