"""The service as HTTP clients meet it: one row a case of the contract."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr

from service.app import running
from service.settings import DatabaseSettings, HTTPSettings, Settings
from service.tokens import token_keys
from tests.unit.service.wire_bodies import BODIES
from tests.unit.service.wire_case import (
    AIPS,
    ALL,
    DELETED,
    JSON,
    KEY,
    NIL,
    NOBODY,
    ONE,
    PROCESSING,
    SEEDED,
    STORED,
    UNKNOWN,
    Case,
    error,
    has,
    not_found,
    only,
    page,
)
from tests.unit.service.wire_deletions import DELETIONS


@dataclass(frozen=True)
class Wire:
    """The service, and tokens for it."""

    client: httpx2.AsyncClient
    token: Callable[[str, str], str]
    file: Path

    async def ask(
        self,
        method: str,
        path: str,
        *,
        may: str | None = "*",
        email: str = "ada@test",
        body: Any = None,
        raw: bytes | None = None,
        media_type: str | None = JSON,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a request; ``may`` are the attributes of its token, ``None`` for no token, and
        ``email`` is its bearer's.
        """
        headers = dict(headers or {})
        content = json.dumps(body).encode() if raw is None and body is not None else raw
        if content is not None and media_type is not None:
            headers["content-type"] = media_type
        if may is not None:
            headers["authorization"] = f"Bearer {self.token(may, email)}"
        return await self.client.request(method, path, content=content, headers=headers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_wire(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Wire]:
    """A service."""
    folder = tmp_path_factory.mktemp("wire")
    file = folder / "storage.db"
    shutil.copyfile(empty_database, file)
    settings = Settings(
        data_dir=folder,
        database=DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{file}")),
        http=HTTPSettings(allowed_origins=("https://friend.test",)),
    )
    keys = token_keys(settings)
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service.test") as http:

            def token(attributes: str, email: str) -> str:
                return keys.mint(attributes=attributes.split(), email=email)

            yield Wire(http, token, file)


@pytest_asyncio.fixture(loop_scope="module")
async def wire(running_wire: Wire) -> Wire:
    """A service with a package in each of three statuses, and nothing else."""
    # In a thread: the service may be in the midst of a write of its own, which has to go on.
    await asyncio.to_thread(_start_again, running_wire.file)
    return running_wire


def _start_again(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        for table in ("deletion_request", "task", "workflow", "aip", "location"):
            database.execute(f"DELETE FROM {table}")
        for number, (uuid, status) in enumerate(SEEDED.items()):
            database.execute(
                "INSERT INTO aip (uuid, name, status, object_key, created_at)"
                " VALUES (?, ?, ?, ?, '2026-01-02 03:04:05.000000')",
                (uuid, status, status, KEY[:-1] + str(number)),
            )


ACCESS = [
    Case("no token", "GET", AIPS, 401, "Unauthorized", NOBODY, {"goa-error": "unauthorized"}),
    Case(
        "no token, nonsense body", "POST", AIPS, 401, "Unauthorized", NOBODY | {"raw": b"{nonsense"}
    ),
    Case("no token, no uuid", "GET", f"{AIPS}/nonsense", 401, "Unauthorized", NOBODY),
    Case(
        "a token of somebody else",
        "GET",
        AIPS,
        401,
        "Unauthorized",
        NOBODY | {"headers": {"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}},
    ),
    Case(
        "no attribute at all",
        "GET",
        AIPS,
        403,
        "Forbidden",
        {"may": ""},
        {"goa-error": "forbidden"},
    ),
    Case("another attribute", "GET", AIPS, 403, "Forbidden", {"may": "storage:aips:read"}),
    Case("an attribute without its star", "GET", AIPS, 403, "Forbidden", {"may": "storage:aips"}),
    Case("no attribute, nonsense body", "POST", AIPS, 403, "Forbidden", {"may": "", "raw": b"{"}),
    Case("the attribute itself", "GET", AIPS, 200, page(20, 0, *ALL), {"may": "storage:aips:list"}),
    Case("an ancestor's wildcard", "GET", AIPS, 200, page(20, 0, *ALL), {"may": "storage:*"}),
    Case(
        "any token for the installation",
        "GET",
        "/about",
        200,
        has(preservation_system="Unknown"),
        {"may": ""},
    ),
    Case("no token for the installation", "GET", "/about", 401, "Unauthorized", NOBODY),
    Case("any token for a monitor ticket", "POST", "/storage/monitor", 200, None, {"may": ""}),
    Case("the health needs no token", "GET", "/healthz", 200, {"status": "ready"}, NOBODY),
]

LISTS = [
    Case("limit 0 means 20", "GET", f"{AIPS}?limit=0", 200, page(20, 0, *ALL)),
    Case("a negative limit is the largest", "GET", f"{AIPS}?limit=-1", 200, page(50000, 0, *ALL)),
    Case("a limit is bounded", "GET", f"{AIPS}?limit=50001", 200, page(50000, 0, *ALL)),
    Case("a page", "GET", f"{AIPS}?limit=1&offset=1", 200, page(1, 1, "deleted")),
    Case("beyond the end", "GET", f"{AIPS}?offset=9", 200, page(20, 9)),
    Case("a negative offset is 0", "GET", f"{AIPS}?offset=-3", 200, page(20, 0, *ALL)),
    Case("empty is absent", "GET", f"{AIPS}?limit=&offset=&status=&query=", 200, page(20, 0, *ALL)),
    Case(
        "the first of repeated keys",
        "GET",
        f"{AIPS}?limit=1&limit=2",
        200,
        page(1, 0, "processing"),
    ),
    Case("unknown keys are ignored", "GET", f"{AIPS}?sort=name", 200, page(20, 0, *ALL)),
    Case("a status", "GET", f"{AIPS}?status=stored", 200, page(20, 0, "stored", total=1)),
    Case("a part of a name", "GET", f"{AIPS}?query=tore", 200, page(20, 0, "stored", total=1)),
    Case("case differs", "GET", f"{AIPS}?query=Stored", 200, page(20, 0, total=0)),
    Case("a percent sign is a percent sign", "GET", f"{AIPS}?query=%25", 200, page(20, 0, total=0)),
    Case(
        "a part of a uuid",
        "GET",
        f"{AIPS}?query={DELETED[:14]}",
        200,
        page(20, 0, "deleted", total=1),
    ),
    Case(
        "long ago",
        "GET",
        f"{AIPS}?latest_created_time=2001-01-01T00:00:00Z",
        200,
        page(20, 0, total=0),
    ),
    Case(
        "a range that ends before it starts",
        "GET",
        f"{AIPS}?earliest_created_time=2026-01-02T00:00:00Z&latest_created_time=2026-01-01T00:00:00Z",
        400,
        error("not_valid", "created at: time range: end cannot be before start"),
        headers={"goa-error": "not_valid"},
    ),
    Case(
        "limit is a number",
        "GET",
        f"{AIPS}?limit=x",
        400,
        error("invalid_field_type", '"x"', '"limit"'),
    ),
    Case("limit is whole", "GET", f"{AIPS}?limit=1.5", 400, error("invalid_field_type", "limit")),
    Case(
        "an offset too large",
        "GET",
        f"{AIPS}?offset=9223372036854775808",
        400,
        error("invalid_field_type", "offset"),
    ),
    Case(
        "a status nobody knows",
        "GET",
        f"{AIPS}?status=lost",
        400,
        error("invalid_enum_value", '"lost"'),
    ),
    Case(
        "a time without a zone",
        "GET",
        f"{AIPS}?earliest_created_time=2026-01-01T00:00:00",
        400,
        error("invalid_format"),
    ),
    Case(
        "two mistakes in one message",
        "GET",
        f"{AIPS}?limit=x&status=lost",
        400,
        error("invalid_enum_value", "limit", "; ", "lost"),
    ),
    Case("locations are a bare array", "GET", "/storage/locations", 200, []),
    Case("packages of an unknown location", "GET", f"/storage/locations/{UNKNOWN}/aips", 200, []),
    Case("no workflows is no list", "GET", f"{ONE}/workflows", 200, {}),
    Case("no package, no workflows", "GET", f"{AIPS}/{UNKNOWN}/workflows", 200, {}),
    Case(
        "a workflow status", "GET", f"{ONE}/workflows?status=in%20progress&type=move%20aip", 200, {}
    ),
    Case(
        "a workflow status nobody knows",
        "GET",
        f"{ONE}/workflows?status=lost",
        400,
        error("invalid_enum_value"),
    ),
]

ONE_PACKAGE = [
    Case("a package", "GET", ONE, 200, only("name", "uuid", "status", "object_key", "created_at")),
    Case("a uuid in capitals", "GET", f"{AIPS}/{STORED.upper()}", 200, has(uuid=STORED)),
    Case(
        "a uuid without dashes", "GET", f"{AIPS}/{STORED.replace('-', '')}", 200, has(uuid=STORED)
    ),
    Case(
        "no such package",
        "GET",
        f"{AIPS}/{UNKNOWN}",
        404,
        not_found("AIP", UNKNOWN),
        headers={"goa-error": "not_found"},
    ),
    Case("not a uuid", "GET", f"{AIPS}/nonsense", 400, error("invalid_format", "uuid")),
    Case("the nil uuid", "GET", f"{AIPS}/{NIL}", 400, error("invalid_format", "uuid")),
    Case(
        "no such location",
        "GET",
        f"/storage/locations/{UNKNOWN}",
        404,
        not_found("location", UNKNOWN),
    ),
    Case("reject", "POST", f"{ONE}/reject", 202),
    Case("reject what is deleted", "POST", f"{AIPS}/{DELETED}/reject", 202),
    Case(
        "reject what is processing",
        "POST",
        f"{AIPS}/{PROCESSING}/reject",
        409,
        error("not_available", "processing"),
        headers={"goa-error": "not_available"},
    ),
    Case("reject nothing", "POST", f"{AIPS}/{UNKNOWN}/reject", 404, not_found("AIP", UNKNOWN)),
    Case(
        "move to where it is",
        "POST",
        f"{ONE}/store",
        409,
        error("not_available"),
        {"body": {"location_uuid": NIL}},
    ),
    Case(
        "move what is deleted",
        "POST",
        f"{AIPS}/{DELETED}/store",
        409,
        error("not_available", "deleted"),
        {"body": {"location_uuid": NIL}},
    ),
    Case(
        "move to nowhere",
        "POST",
        f"{ONE}/store",
        400,
        error("not_valid", "not found"),
        {"body": {"location_uuid": UNKNOWN}},
    ),
    Case(
        "move nothing",
        "POST",
        f"{AIPS}/{UNKNOWN}/store",
        404,
        not_found("AIP", UNKNOWN),
        {"body": {"location_uuid": UNKNOWN}},
    ),
    Case(
        "move without a target",
        "POST",
        f"{ONE}/store",
        400,
        error("missing_field", '"location_uuid" is missing from body'),
        {"body": {}},
    ),
    Case(
        "never moved",
        "GET",
        f"{ONE}/store",
        424,
        error("failed_dependency", "cannot perform operation"),
        headers={"goa-error": "failed_dependency"},
    ),
    Case("the move of nothing", "GET", f"{AIPS}/{UNKNOWN}/store", 404, not_found("AIP", UNKNOWN)),
]

DOWNLOADS = [
    Case(
        "a download of what has no bytes",
        "POST",
        f"{ONE}/download",
        404,
        not_found("AIP", STORED),
        headers={"goa-error": "not_found", "set-cookie": None},
    ),
    Case(
        "a download of nothing",
        "POST",
        f"{AIPS}/{UNKNOWN}/download",
        404,
        not_found("AIP", UNKNOWN),
    ),
    *(
        Case(
            f"a download of what is {status}",
            "POST",
            f"{AIPS}/{uuid}/download",
            400,
            error("not_valid", "AIP is not available for download"),
            headers={"goa-error": "not_valid"},
        )
        for uuid, status in ((DELETED, "deleted"), (PROCESSING, "processing"))
    ),
    Case("no attribute, a download", "POST", f"{ONE}/download", 403, "Forbidden", {"may": ""}),
    Case("a download without a ticket", "GET", f"{ONE}/download", 401, "Unauthorized"),
    Case(
        "a download with a ticket nobody issued",
        "GET",
        f"{AIPS}/{UNKNOWN}/download",
        401,
        "Unauthorized",
        {"headers": {"cookie": f"enduro-aip-download-ticket={'A' * 43}"}},
    ),
]

ELSEWHERE = [
    Case(
        "an unknown path",
        "GET",
        "/nowhere",
        404,
        error("fault", "404 page not found"),
        headers={"goa-error": None},
    ),
    Case("a slash too many", "GET", f"{AIPS}/", 404, error("fault")),
    Case("another method", "DELETE", ONE, 405, headers={"allow": "GET, OPTIONS"}),
    Case(
        "the version, always",
        "GET",
        "/nowhere",
        404,
        error("fault"),
        headers={"x-enduro-version": "0.1.0"},
    ),
    Case("options", "OPTIONS", AIPS, 204, None, NOBODY),
    Case(
        "a friend's page",
        "GET",
        AIPS,
        200,
        page(20, 0, *ALL),
        {"headers": {"origin": "https://friend.test"}},
        {"access-control-allow-origin": "https://friend.test"},
    ),
    Case(
        "a stranger's page",
        "GET",
        AIPS,
        200,
        page(20, 0, *ALL),
        {"headers": {"origin": "https://stranger.test"}},
        {"access-control-allow-origin": None},
    ),
    Case("the operations", "GET", "/openapi.json", 200, has(openapi="3.1.1"), NOBODY),
    Case("the events", "GET", "/asyncapi.json", 200, has(asyncapi="3.1.0"), NOBODY),
]

CASES = ACCESS + LISTS + ONE_PACKAGE + DOWNLOADS + BODIES + DELETIONS + ELSEWHERE


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
async def test_the_wire_is_as_the_contract_says(wire: Wire, case: Case) -> None:
    response = await wire.ask(case.method, case.path, **case.request)

    assert response.status_code == case.status, response.text
    if case.answer is None:
        assert response.content == b""
        assert "content-type" not in response.headers
    else:
        assert response.headers["content-type"] == JSON
        body = response.json()
        if callable(case.answer):
            case.answer(body)
        else:
            assert body == case.answer
    for name, value in case.headers.items():
        assert response.headers.get(name) == value


def test_the_table_has_a_name_for_each_case() -> None:
    assert len({case.says for case in CASES}) == len(CASES)
