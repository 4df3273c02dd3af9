"""A deletion as clients meet it: asked for, decided, done, and its report fetched."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.app import running
from service.settings import AuditSettings, AuthSettings, Settings
from service.tokens import token_keys
from tests.unit.service.storage.reports.pdf_text import text_of

REASON = {"reason": "Registered twice"}


@dataclass(frozen=True)
class Archive:
    """A service, and its people: each may do everything, and has a name."""

    client: httpx2.AsyncClient
    settings: Settings

    async def post(self, path: str, by: str = "ada", body: Any = None) -> httpx2.Response:
        token = token_keys(self.settings).mint(
            subject=by, email=f"{by}@test", attributes=["storage:*"]
        )
        return await self.client.post(
            f"/storage/aips{path}", json=body, headers={"authorization": f"Bearer {token}"}
        )

    async def package(self) -> str:
        """Store a package inside."""
        uuid = str(uuid4())
        folder = self.settings.data_folder / "internal" / "aips"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / uuid).write_bytes(b"bytes")
        body = {"uuid": uuid, "name": "letters", "object_key": uuid, "status": "stored"}
        assert (await self.post("", body=body)).status_code == 200
        return uuid

    async def get(self, path: str) -> Any:
        token = token_keys(self.settings).mint(attributes=["storage:*"])
        headers = {"authorization": f"Bearer {token}"}
        return (await self.client.get(f"/storage/aips{path}", headers=headers)).json()

    async def becomes(self, uuid: str, **expected: str) -> dict[str, Any]:
        """Wait until a package looks as expected."""
        async with asyncio.timeout(30):
            while True:
                shown: dict[str, Any] = await self.get(f"/{uuid}")
                if expected.items() <= shown.items():
                    return shown
                await asyncio.sleep(0.01)


@asynccontextmanager
async def open_archive(settings: Settings) -> AsyncIterator[Archive]:
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield Archive(client, settings)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    audit = AuditSettings(path=tmp_path / "audit.log")
    async with open_archive(Settings(data_dir=tmp_path / "data", audit=audit)) as archive:
        yield archive


async def test_one_asks_another_approves_and_the_report_tells_of_it(archive: Archive) -> None:
    uuid = await archive.package()
    assert (await archive.post(f"/{uuid}/deletion-request", body=REASON)).status_code == 202
    await archive.becomes(uuid, status="pending")
    own = await archive.post(f"/{uuid}/deletion-review", body={"approved": True})
    assert (own.status_code, own.json()["message"]) == (
        400,
        "requester cannot review their own request",
    )
    foreign = await archive.post(f"/{uuid}/deletion-cancel", by="bob", body={"check": True})
    assert (foreign.status_code, foreign.json()) == (403, "Forbidden")
    could = await archive.post(f"/{uuid}/deletion-cancel", body={"check": True})
    assert (could.status_code, could.content) == (202, b"")
    again = await archive.post(f"/{uuid}/deletion-request", body=REASON)
    assert (again.status_code, again.json()["message"]) == (400, "AIP is not stored")
    approved = await archive.post(f"/{uuid}/deletion-review", by="bob", body={"approved": True})
    assert (approved.status_code, approved.content) == (202, b"")
    key = f"reports/aip_deletion_report_{uuid}.pdf"
    await archive.becomes(uuid, status="deleted", deletion_report_key=key)
    assert not (archive.settings.data_folder / "internal" / "aips" / uuid).exists()

    report = await fetched(archive, uuid)
    assert report.status_code == 200
    assert report.headers["content-type"] == "application/pdf"
    assert report.headers["content-disposition"] == (
        f'attachment; filename="aip_deletion_report_{uuid}.pdf"'
    )
    assert int(report.headers["content-length"]) == len(report.content)
    shown = text_of(report.content)
    for said in (uuid, "ada@test", "bob@test", "Registeredtwice"):
        assert said in shown


async def fetched(archive: Archive, uuid: str) -> httpx2.Response:
    """Fetch a report, as a browser does: a ticket first."""
    asked = await archive.post(f"/{uuid}/deletion-report", by="eve")
    assert (asked.status_code, asked.content) == (200, b"")
    cookie, *flags = asked.headers["set-cookie"].split("; ")
    assert cookie.startswith("enduro-delreport-ticket=")
    assert {"Max-Age=5", "HttpOnly", "Secure"} <= set(flags)
    path = f"/storage/aips/{uuid}/deletion-report"
    report = await archive.client.get(path, headers={"cookie": cookie})
    again = await archive.client.get(path, headers={"cookie": cookie})
    assert again.status_code == 401
    return report


async def test_a_report_whose_file_is_gone_is_not_found(archive: Archive) -> None:
    uuid = await archive.package()
    await archive.post(f"/{uuid}/deletion-auto", body=REASON)
    key = f"reports/aip_deletion_report_{uuid}.pdf"
    await archive.becomes(uuid, deletion_report_key=key)
    file = archive.settings.data_folder / "internal" / key
    file.unlink()
    missing = await archive.post(f"/{uuid}/deletion-report")
    assert (missing.status_code, missing.json()["message"]) == (404, "deletion report not found")
    file.mkdir()
    unreadable = await archive.post(f"/{uuid}/deletion-report")
    assert unreadable.status_code in (404, 500)


async def test_all_of_it_is_in_the_audit_log(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    settings = Settings(data_dir=tmp_path / "data", audit=AuditSettings(path=path))
    async with open_archive(settings) as archive:
        uuid = await archive.package()
        await archive.post(f"/{uuid}/deletion-request", body=REASON)
        await archive.post(f"/{uuid}/deletion-cancel", by="bob", body={})
        await archive.post(f"/{uuid}/deletion-cancel", body={"check": True})
        await archive.post(f"/{uuid}/deletion-review", by="bob", body={"approved": True})
        await archive.becomes(uuid, status="deleted")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["msg"], line["user"]) for line in lines if line["resourceID"] == uuid] == [
        ("AIP created", "ada@test"),
        ("AIP deletion requested", "ada@test"),
        ("request refused", "bob@test"),
        ("AIP deletion request approved", "bob@test"),
    ]


async def test_where_access_control_is_off_only_a_deletion_without_review_is_possible(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path, auth=AuthSettings(mode="off"))
    async with open_archive(settings) as archive:
        uuid = await archive.package()
        for name, body in (
            ("request", REASON),
            ("review", {"approved": True}),
            ("cancel", {}),
        ):
            refused = await archive.post(f"/{uuid}/deletion-{name}", body=body)
            assert (refused.status_code, refused.json()["message"]) == (
                400,
                "authentication is required",
            )
        accepted = await archive.post(f"/{uuid}/deletion-auto", body=REASON | {"skip_report": True})
        assert accepted.status_code == 202
        shown = await archive.becomes(uuid, status="deleted")
        assert "deletion_report_key" not in shown
        [work] = (await archive.get(f"/{uuid}/workflows"))["workflows"]
        assert work["tasks"][0]["note"].startswith(
            "An AIP deletion has been requested by Enduro-auto-approve."
        )
