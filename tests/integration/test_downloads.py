"""Downloads, as a browser makes them: a ticket, then the bytes, whole or in parts."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.dashboard import Dashboard
from tests.servers.s3_server import S3Bucket, S3Server
from tests.servers.storage_service import StorageServer
from tests.servers.troubled_proxy import TroubledProxy
from tests.unit.runtime.waiting import until

COOKIE = "enduro-aip-download-ticket"
BYTES = os.urandom(3_000_000)
MUCH = 1 << 30


class Desk:
    """Where somebody asks for packages."""

    def __init__(self, server: StorageServer, dashboard: Dashboard, http: httpx2.AsyncClient):
        self.server = server
        self.dashboard = dashboard
        self.http = http

    async def ticket(self, aip: str) -> str:
        token = self.server.token("storage:aips:download")
        answer = await self.dashboard.ask("POST", f"/storage/aips/{aip}/download", token=token)
        assert (answer.status_code, answer.content) == (200, b"")
        said = re.fullmatch(
            rf"{COOKIE}=([\w-]{{43}}); Max-Age=5; HttpOnly; Secure; SameSite=Strict",
            answer.headers["set-cookie"],
        )
        assert said is not None
        return said[1]

    async def ask(self, aip: str, ticket: str, method: str = "GET", **headers: str) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(
            method,
            f"/storage/aips/{aip}/download",
            headers={"cookie": f"{COOKIE}={ticket}", **names},
        )

    async def fetch(self, aip: str, **headers: str) -> Any:
        return await self.ask(aip, await self.ticket(aip), **headers)

    async def leave_in_the_middle(self, aip: str) -> None:
        """Begin to download, and go away."""
        cookie = {"cookie": f"{COOKIE}={await self.ticket(aip)}"}
        url = f"/storage/aips/{aip}/download"
        async with self.http.stream("GET", url, headers=cookie) as answer:
            assert answer.status_code == 200
            async for _ in answer.aiter_bytes():
                break


@asynccontextmanager
async def desk_at(server: StorageServer) -> AsyncIterator[Desk]:
    async with (
        Dashboard(server) as dashboard,
        httpx2.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as http,
    ):
        yield Desk(server, dashboard, http)


@pytest.fixture
async def desk(shared_server: StorageServer) -> AsyncIterator[Desk]:
    async with desk_at(shared_server) as desk:
        yield desk


@pytest.fixture(params=["folder", "bucket"])
async def package(
    request: pytest.FixtureRequest, internal_bucket: S3Bucket, s3_server: S3Server
) -> AsyncIterator[tuple[Desk, str]]:
    """A package in a folder, and one in a bucket."""
    name = "shared_server" if request.param == "folder" else "bucket_server"
    async with desk_at(request.getfixturevalue(name)) as desk:
        aip = await desk.dashboard.create_aip("Parish registers.1804.7z")
        if request.param == "folder":
            desk.dashboard.put(aip, BYTES)
        else:
            client = s3_server.client("s3")
            client.put_object(Bucket=internal_bucket.name, Key=f"aips/{aip}", Body=BYTES)
        yield desk, aip


async def test_a_package_is_downloaded_under_its_name(package: tuple[Desk, str]) -> None:
    desk, aip = package
    answer = await desk.fetch(aip)
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["content-type"] == "application/x-7z-compressed"
    assert answer.headers["content-length"] == str(len(BYTES))
    assert answer.headers["accept-ranges"] == "bytes"
    name = f'attachment; filename="Parish registers-{aip}.7z"'
    assert answer.headers["content-disposition"] == name


async def test_whoever_was_interrupted_goes_on_where_it_was(package: tuple[Desk, str]) -> None:
    desk, aip = package
    whole = await desk.fetch(aip)
    etag = whole.headers["etag"]
    rest = await desk.fetch(aip, Range="bytes=1234567-", If_Range=etag)
    assert (rest.status_code, rest.content) == (206, BYTES[1234567:])
    assert rest.headers["content-range"] == f"bytes 1234567-2999999/{len(BYTES)}"
    assert rest.headers["etag"] == etag
    last = await desk.fetch(aip, Range="bytes=-10")
    assert (last.status_code, last.content) == (206, BYTES[-10:])
    other = await desk.fetch(aip, Range="bytes=5-", If_Range='"another version"')
    assert (other.status_code, len(other.content)) == (200, len(BYTES))


async def test_what_is_behind_the_end_is_refused(package: tuple[Desk, str]) -> None:
    desk, aip = package
    answer = await desk.fetch(aip, Range="bytes=3000000-")
    assert (answer.status_code, answer.json()["name"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(BYTES)}"


async def test_head_tells_all_and_leaves_the_ticket_good_for_once(
    package: tuple[Desk, str],
) -> None:
    desk, aip = package
    ticket = await desk.ticket(aip)
    looked = [await desk.ask(aip, ticket, "HEAD") for _ in range(2)]
    for answer in looked:
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(BYTES))
    assert (await desk.ask(aip, ticket)).headers["etag"] == looked[0].headers["etag"]
    for method in ("HEAD", "GET"):
        assert (await desk.ask(aip, ticket, method)).status_code == 401


async def test_a_ticket_is_for_one_package_alone(desk: Desk) -> None:
    one, two = [await desk.dashboard.create_aip() for _ in range(2)]
    for aip in (one, two):
        desk.dashboard.put(aip, aip.encode())
    ticket = await desk.ticket(one)
    assert (await desk.ask(two, ticket)).status_code == 401
    assert (await desk.ask("99999999-9999-4999-8999-999999999999", ticket)).status_code == 401
    answer = await desk.ask(one, ticket)
    assert (answer.status_code, answer.content) == (200, one.encode())


async def test_bytes_that_went_after_the_ticket_was_given_are_not_found(desk: Desk) -> None:
    aip = await desk.dashboard.create_aip()
    desk.dashboard.put(aip, b"bytes")
    ticket = await desk.ticket(aip)
    (desk.server.folder / "internal" / "aips" / aip).unlink()
    answer = await desk.ask(aip, ticket)
    assert (answer.status_code, answer.json()) == (404, {"message": "AIP not found", "uuid": aip})
    assert answer.headers["goa-error"] == "not_found"


async def test_a_location_that_does_not_answer_is_our_fault_and_says_nothing(
    desk: Desk, s3_server: S3Server
) -> None:
    value = s3_server.new_bucket().value(key="AKIAMARKEDKEY")
    config = {"type": "s3", "value": value}
    location = await desk.dashboard.create_location("wrong", source="s3", config=config)
    aip = await desk.dashboard.create_aip(location_uuid=location)
    answer = await desk.dashboard.ask("POST", f"/storage/aips/{aip}/download")
    assert (answer.status_code, answer.json()["name"]) == (500, "internal_error")
    assert answer.json()["message"] == "error getting AIP attributes"
    assert "set-cookie" not in answer.headers
    assert "AKIAMARKEDKEY" not in desk.server.log()


@pytest.mark.parametrize(
    "name", ['a"b\r\nSet-Cookie: x=y', "Kirchenbücher 1804.x", "../../etc/passwd", "x" * 2000, ""]
)
async def test_no_name_of_a_package_breaks_out_of_its_header(desk: Desk, name: str) -> None:
    aip = await desk.dashboard.create_aip(name)
    desk.dashboard.put(aip, b"bytes")
    answer = await desk.fetch(aip)
    assert (answer.status_code, answer.content) == (200, b"bytes")
    assert "set-cookie" not in answer.headers
    said = answer.headers["content-disposition"]
    assert re.match(rf'attachment; filename="[^"/\\]*-{aip}\.7z"', said)
    assert len(said) < 1000


async def test_a_client_that_leaves_lets_go_of_the_file_at_once(desk: Desk) -> None:
    aip = await desk.dashboard.create_aip()
    desk.dashboard.put(aip, b"")
    file = desk.server.folder / "internal" / "aips" / aip
    os.truncate(file, MUCH)
    await desk.leave_in_the_middle(aip)
    await until(lambda: file not in open_files(desk.server.pid), 20)


async def test_a_client_that_leaves_lets_go_of_the_store_at_once(
    desk: Desk, s3_server: S3Server
) -> None:
    bucket = s3_server.new_bucket()
    async with TroubledProxy(bucket.endpoint).running() as proxy:
        value = bucket.value(endpoint=proxy.endpoint)
        location = await desk.dashboard.create_location(
            "bucket", source="s3", config={"type": "s3", "value": value}
        )
        aip = await desk.dashboard.create_aip(location_uuid=location)
        body = bytes(64 << 20)
        s3_server.client("s3").put_object(Bucket=bucket.name, Key=aip, Body=body)
        await desk.leave_in_the_middle(aip)
        assert any(line.startswith("GET") for line in proxy.requests)
        await until(lambda: not proxy.open, 20)


def open_files(pid: int) -> set[Path]:
    found = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(each.readlink())
        except FileNotFoundError:
            continue
    return found
