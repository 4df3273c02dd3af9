"""What is recorded of each operation, and that none is forgotten."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from generated.about.attributes import OPERATIONS as ABOUT_OPERATIONS
from generated.storage.attributes import OPERATIONS
from generated.storage.models import CancelAIPDeletion, ReviewAIPDeletion
from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.http.observation import Observation
from service.app import running
from service.audit import records
from service.settings import AuditSettings, AuthSettings, Settings
from service.start import CannotStart
from service.storage.audited import AUDITED, READS
from service.tokens import token_keys

AIP = "11111111-1111-4111-8111-111111111111"
ADA = Claims(issuer="https://id.test", subject="7", email="ada@test")
OPENAPI = json.loads(Path(__file__).parents[3].joinpath("generated/openapi.json").read_text())
METHODS = {
    operation["operationId"].partition("_")[2]: method
    for path in OPENAPI["paths"].values()
    for method, operation in path.items()
    if isinstance(operation, dict) and "operationId" in operation and method != "head"
}
BODIES = {
    "review_aip_deletion": ReviewAIPDeletion(approved=True),
    "cancel_aip_deletion": CancelAIPDeletion(),
}


def observation(operation: str, **more: Any) -> Observation:
    values: dict[str, Any] = {
        "operation": operation,
        "claims": ADA,
        "address": "127.0.0.1",
        "resource": AIP,
        "given": {"body": BODIES.get(operation)},
        "status": 201 if operation == "create_location" else 202,
        "document": b'{"uuid":"22222222-2222-4222-8222-222222222222"}',
        "reason": "",
    }
    return Observation(**values | more)


def test_every_operation_of_the_design_is_either_recorded_or_reads() -> None:
    assert set(AUDITED) | READS == set(OPERATIONS) | set(ABOUT_OPERATIONS)
    assert not set(AUDITED) & READS


def test_what_only_reads_is_got() -> None:
    reads = {name for name, method in METHODS.items() if method == "get"}
    assert reads | {"monitor_request", "monitor"} == READS


@pytest.mark.parametrize("operation", AUDITED)
def test_what_was_done_is_recorded_with_who_did_it(operation: str) -> None:
    for record in (recorded := records(observation(operation))):
        assert list(record)[:5] == ["level", "msg", "type", "resourceID", "user"]
        assert record["level"] == "INFO"
        assert (record["user"], record["issuer"], record["subject"]) == (
            "ada@test",
            "https://id.test",
            "7",
        )
        assert (record["operation"], record["outcome"]) == (operation, "done")
    assert recorded


@pytest.mark.parametrize("operation", sorted({*OPERATIONS, *ABOUT_OPERATIONS}))
@pytest.mark.parametrize(("status", "claims"), [(401, None), (403, ADA)])
def test_who_is_not_let_in_is_recorded_of_every_operation(
    operation: str, status: int, claims: Claims | None
) -> None:
    [record] = records(
        observation(operation, status=status, claims=claims, given={}, reason="no right")
    )
    assert (record["level"], record["msg"], record["outcome"]) == (
        "WARN",
        "request refused",
        "refused",
    )
    assert (record["operation"], record["reason"], record["status"]) == (
        operation,
        "no right",
        status,
    )
    assert record["user"] == ("" if claims is None else "ada@test")


@pytest.mark.parametrize("operation", AUDITED)
@pytest.mark.parametrize(
    ("status", "outcome"), [(400, "refused"), (409, "refused"), (500, "failed")]
)
def test_what_came_to_nothing_is_recorded_too(operation: str, status: int, outcome: str) -> None:
    [record] = records(observation(operation, status=status, given={}, reason="not now"))
    assert (record["outcome"], record["reason"]) == (outcome, "not now")


@pytest.mark.parametrize("operation", sorted(READS))
@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_what_is_read_is_not_recorded(operation: str, status: int) -> None:
    assert records(observation(operation, status=status)) == []


def test_an_operation_without_words_is_recorded_all_the_same() -> None:
    [record] = records(observation("burn_aip"))
    assert (record["msg"], record["type"]) == ("burn_aip", "burn_aip")


@pytest.mark.parametrize(
    ("operation", "body", "said"),
    [
        ("download_aip_request", None, [("AIP download requested", "AIP.download")]),
        (
            "aip_deletion_report_request",
            None,
            [("AIP deletion report download requested", "aip.download_deletion_report")],
        ),
        ("request_aip_deletion", None, [("AIP deletion requested", "AIP.deletion.request")]),
        (
            "aip_deletion_auto",
            None,
            [
                ("AIP deletion requested", "AIP.deletion.request"),
                ("AIP deletion request approved", "AIP.deletion.request"),
            ],
        ),
        (
            "review_aip_deletion",
            ReviewAIPDeletion(approved=True),
            [("AIP deletion request approved", "AIP.deletion.request")],
        ),
        (
            "review_aip_deletion",
            ReviewAIPDeletion(approved=False),
            [("AIP deletion request rejected", "AIP.deletion.request")],
        ),
        (
            "cancel_aip_deletion",
            CancelAIPDeletion(),
            [("AIP deletion request canceled", "AIP.deletion.request")],
        ),
        ("cancel_aip_deletion", CancelAIPDeletion(check=True), []),
    ],
)
def test_the_texts_that_readers_know_are_kept(
    operation: str, body: Any, said: list[tuple[str, str]]
) -> None:
    recorded = records(observation(operation, given={"body": body}))
    assert [(record["msg"], record["type"]) for record in recorded] == said
    assert {record["resourceID"] for record in recorded} <= {AIP}


def test_a_deletion_that_nobody_reviews_is_ascribed_where_nobody_is_known() -> None:
    for record in records(observation("aip_deletion_auto", claims=UNRESTRICTED)):
        assert (record["user"], record["issuer"], record["subject"]) == (
            "Enduro-auto-approve",
            "unauthenticated",
            "unauthenticated",
        )


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with running(settings) as service:
        transport = httpx2.ASGITransport(service.application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield client


def read(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_the_service_records_what_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    settings = Settings(data_dir=tmp_path / "data", audit=AuditSettings(path=path))
    token = token_keys(settings).mint(email="ada@test", attributes=["storage:aips:create"])
    headers = {"authorization": f"Bearer {token}"}
    body = {"uuid": AIP, "name": "letters", "object_key": AIP, "status": "stored"}
    async with served(settings) as client:
        await client.post("/storage/aips", json=body, headers=headers)
        await client.post("/storage/aips", json=body, headers=headers)
        await client.get("/storage/aips", headers=headers)
        await client.get("/storage/monitor", headers={"authorization": "Bearer no.to.ken"})
        await client.get(f"/storage/aips/{AIP}/download")
    recorded = read(path)

    assert [(each["msg"], each.get("operation"), each.get("status")) for each in recorded] == [
        ("Enduro starting", None, None),
        ("AIP created", "create_aip", 200),
        ("request refused", "create_aip", 400),
        ("request refused", "list_aips", 403),
        ("request refused", "monitor", 401),
        ("request refused", "download_aip", 401),
        ("Enduro stopping", None, None),
    ]
    assert recorded[1]["resourceID"] == AIP
    assert recorded[1]["address"] == "127.0.0.1"
    assert UUID(recorded[5]["resourceID"]) == UUID(AIP)
    assert {each["user"] for each in recorded[1:4]} == {"ada@test"}
    assert recorded[2]["reason"] == "an AIP with this uuid or object_key exists already"
    assert token not in path.read_text()


async def test_a_location_is_recorded_by_its_identifier_and_without_its_secrets(
    tmp_path: Path,
) -> None:
    path = tmp_path / "audit.log"
    settings = Settings(
        data_dir=tmp_path / "data", audit=AuditSettings(path=path), auth=AuthSettings(mode="off")
    )
    value = {"bucket": "b", "region": "r", "key": "hush-key", "secret": "hush-secret"}
    body = {"name": "s", "source": "s3", "purpose": "aip_store"}
    async with served(settings) as client:
        answer = await client.post(
            "/storage/locations", json=body | {"config": {"type": "s3", "value": value}}
        )
        value["bucket"] = ""
        refused = await client.post(
            "/storage/locations", json=body | {"config": {"type": "s3", "value": value}}
        )
    assert refused.status_code == 400
    _, created, failed, _ = read(path)
    assert (created["resourceID"], created["user"]) == (answer.json()["uuid"], "")
    assert failed["resourceID"] == ""
    assert "hush" not in path.read_text()


async def test_two_processes_do_not_write_to_one_file(tmp_path: Path) -> None:
    audit = AuditSettings(path=tmp_path / "audit.log")
    async with served(Settings(data_dir=tmp_path / "one", audit=audit)):
        with pytest.raises(CannotStart, match=r"writes to .*audit.log: name another file"):
            async with served(Settings(data_dir=tmp_path / "two", audit=audit)):
                pass


async def test_a_file_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, audit=AuditSettings(path=tmp_path / "no" / "audit.log"))
    with pytest.raises(CannotStart, match="SERVICE_AUDIT__PATH: cannot write to"):
        async with served(settings):
            pass
