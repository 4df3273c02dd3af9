"""Deletions that meet trouble: the package is gone, or it is stored again."""

from __future__ import annotations

import pytest

from generated.storage.models import AIPStatus
from runtime.durable.engine import RunStatus
from service.storage.blobs.file import FileStore
from tests.unit.service.storage.archive import Archive, away
from tests.unit.service.storage.telling import told


@pytest.fixture(autouse=True)
async def living(archive: Archive) -> None:
    """There is an engine that performs."""
    await archive.live()


async def test_what_is_gone_already_counts_as_deleted(archive: Archive) -> None:
    package = await archive.package()
    archive.inside(package).unlink()
    assert await archive.delete(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).status is AIPStatus.DELETED


@pytest.mark.parametrize("visible", [True, False])
async def test_bytes_that_cannot_be_deleted_bring_the_package_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, visible: bool
) -> None:
    package = await archive.package()
    with monkeypatch.context() as patch:
        patch.setattr(FileStore, "delete", away)
        if not visible:
            patch.setattr(FileStore, "exists", away)
        assert await archive.delete(package) is RunStatus.FAILED

    assert (await archive.row(package)).status is AIPStatus.STORED
    assert archive.inside(package).exists()
    assert (await told(archive, package))[-3:] == [
        "task_updated: error, Failed to delete AIP:\n"
        f"cannot reach object aips/{package}: Stale file handle",
        "updated: stored",
        "workflow_updated: error",
    ]
    assert await archive.delete(package) is RunStatus.COMPLETED
    assert not archive.inside(package).exists()


async def test_bytes_that_went_although_the_store_complained_are_deleted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = await archive.package()
    delete = FileStore.delete

    async def deleted_but(store: FileStore, key: str) -> None:
        await delete(store, key)
        await away(store, key)

    monkeypatch.setattr(FileStore, "delete", deleted_but)
    assert await archive.delete(package) is RunStatus.COMPLETED
    assert (await archive.row(package)).status is AIPStatus.DELETED
    assert archive.report(package).exists()


async def test_a_location_that_cannot_be_used_any_more_brings_the_package_back(
    archive: Archive,
) -> None:
    package = await archive.package_on_shelf()
    shelf = archive.on("shelf", package).parent
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.symlink_to(archive.folder)

    assert await archive.delete(package) is RunStatus.FAILED
    assert (await archive.row(package)).status is AIPStatus.STORED
    note = ((await archive.work(package)).tasks or [])[-1].note or ""
    assert note.startswith("Failed to delete AIP:\nthe folder of the location is not under")
