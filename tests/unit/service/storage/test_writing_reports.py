"""The report on a deletion: written at its end, if it can be and somebody wants it."""

from __future__ import annotations

from collections.abc import AsyncIterable

import pytest
from structlog.testing import capture_logs

from generated.storage.models import AIPStatus
from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from service.storage.blobs.store import BlobUnavailable
from service.storage.reports import deletion_reports
from tests.unit.service.storage.archive import Archive
from tests.unit.service.storage.reports.pdf_text import text_of
from tests.unit.service.storage.telling import told


@pytest.fixture(autouse=True)
async def living(archive: Archive) -> None:
    """There is an engine that performs."""
    await archive.live()


async def test_the_report_says_what_was_done(archive: Archive) -> None:
    package = await archive.package_on_shelf()
    await archive.ask(package)
    await archive.review(package)
    await archive.ended(package)

    row, work = await archive.row(package), await archive.work(package)
    assert row.deletion_report_key == f"reports/{archive.report(package).name}"
    shown = text_of(archive.report(package).read_bytes())
    _, deleted = work.tasks or []
    assert deleted.completed_at is not None
    for said in (
        "Nameletters",
        str(package),
        "StatusDeleted",
        "Requestedbyarchivist@test",
        "Reasonduplicate",
        "ApprovedbyCurator",
        f"{deleted.completed_at:%H:%M:%S}UTC",
        "Storagelocationshelf",
        str(row.location_uuid),
    ):
        assert said in shown


async def test_the_report_is_about_the_request_that_led_to_the_deletion(archive: Archive) -> None:
    package = await archive.package()
    await archive.ask(package)
    await archive.review(package, approved=False)
    await archive.ended(package)
    await archive.delete(package)

    assert await archive.requests(package) == ["rejected", "approved"]
    assert "Theserviceitself,withoutareview" in text_of(archive.report(package).read_bytes())


async def test_a_report_is_not_written_where_nobody_wants_it(archive: Archive) -> None:
    package = await archive.package()
    assert await archive.delete(package, skip_report=True) is RunStatus.COMPLETED
    assert (await archive.row(package)).deletion_report_key is None
    assert not archive.report(package).exists()


async def test_where_the_typesetter_is_missing_a_deletion_goes_without_a_report(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion_reports, "available", lambda: False)
    package = await archive.package()
    with capture_logs() as logged:
        assert await archive.delete(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).deletion_report_key is None
    assert "deletion.unreported" in [entry["event"] for entry in logged]


async def test_a_report_that_cannot_be_kept_does_not_bring_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(
        _store: FileStore, key: str, _chunks: AsyncIterable[bytes], _size: int | None = None
    ) -> None:
        raise BlobUnavailable(f"cannot write object {key}: No space left on device")

    monkeypatch.setattr(FileStore, "write", full)
    package = await archive.package()
    assert await archive.delete(package) is RunStatus.FAILED

    row = await archive.row(package)
    assert (row.status, row.deletion_report_key) == (AIPStatus.DELETED, None)
    assert (await told(archive, package))[-3:] == [
        "updated: deleted",
        "task_created: error, Failed to write deletion report:\ncannot write object"
        f" reports/aip_deletion_report_{package}.pdf: No space left on device",
        "workflow_updated: error",
    ]
