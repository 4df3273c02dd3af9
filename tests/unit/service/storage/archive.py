"""A storage domain with folders, whose packages are moved and deleted by engines that come and go."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from generated.storage.events import StorageEvent
from generated.storage.models import AIPStatus, AIPWorkflow
from runtime.auth.claims import Caller
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.engine import Retry, RunStatus, Workflow
from runtime.durable.lease import LEASE_SECONDS
from runtime.events.transaction import Transactions
from service.storage.aips import find_aip
from service.storage.blobs.file import INCOMING, FileStore
from service.storage.blobs.store import BlobUnavailable
from service.storage.delete_workflow import delete_workflow
from service.storage.deleting import (
    cancel_aip_deletion,
    delete_aip,
    delete_identifier,
    request_aip_deletion,
    review_aip_deletion,
)
from service.storage.move_workflow import move_workflow
from service.storage.moving import move_aip, move_identifier
from service.storage.rejecting import reject_aip
from service.storage.rows import AIPRow, DeletionRequestRow
from service.storage.workflows import list_aip_workflows
from tests.unit.service.conftest import ARCHIVIST, CURATOR, Domain
from tests.unit.service.storage.dying import Death

CONTENT = bytes(range(256)) * 5000
AT_ONCE = Retry(attempts=2, seconds=0.0)
DELETE = FileStore.delete


@dataclass
class Archive:
    """A domain with folders, and engines that come and go; ``death`` may come in anything it does."""

    domain: Domain
    folder: Path
    death: Death = field(default_factory=Death)
    lease_seconds: float = LEASE_SECONDS
    engines: list[EmbeddedEngine[StorageEvent]] = field(default_factory=list)

    @property
    def transactions(self) -> Transactions[StorageEvent]:
        return self.death.in_transactions(self.domain.transactions)

    @property
    def workflows(self) -> list[Workflow[StorageEvent]]:
        database, configurations = self.domain.database, self.domain.configurations
        return [
            move_workflow(database, configurations, copying=AT_ONCE, deleting=AT_ONCE),
            delete_workflow(database, configurations, deleting=AT_ONCE, reporting=AT_ONCE),
        ]

    @property
    def now(self) -> EmbeddedEngine[StorageEvent]:
        """The engine of this life; before the first, one that records runs and performs none."""
        return self.engines[-1] if self.engines else self.domain.engine

    async def live(self, death: Death | None = None) -> None:
        """Begin the next life of the service."""
        await self.close()
        death = death or self.death
        engine = EmbeddedEngine(
            self.domain.database,
            death.in_transactions(self.domain.transactions),
            [death.in_workflow(workflow) for workflow in self.workflows],
            lease_seconds=self.lease_seconds,
        )
        self.engines.append(engine)
        await engine.open()

    async def close(self) -> None:
        for engine in self.engines:
            await engine.close()

    # packages

    def inside(self, package: UUID) -> Path:
        return self.folder / "internal" / "aips" / str(package)

    def on(self, shelf: str, package: UUID) -> Path:
        return self.folder / "locations" / shelf / str(package)

    def report(self, package: UUID) -> Path:
        return self.folder / "internal" / "reports" / f"aip_deletion_report_{package}.pdf"

    def half_written(self) -> list[Path]:
        """What somebody began to write, and nobody ended or removed."""
        return list(self.folder.glob(f"**/{INCOMING}/*"))

    async def package(
        self, status: AIPStatus = AIPStatus.STORED, content: bytes | None = CONTENT
    ) -> UUID:
        """Put a package inside."""
        row = await self.domain.add_aip(status=status)
        if content is not None:
            put(self.inside(row.uuid), content)
        return row.uuid

    async def package_on_shelf(self) -> UUID:
        shelf = await self.domain.add_location()
        row = await self.domain.add_aip(location_uuid=shelf.uuid)
        put(self.on("shelf", row.uuid), CONTENT)
        return row.uuid

    # what people do with them

    async def move(self, package: UUID, target: UUID) -> RunStatus:
        await self.begin_move(package, target)
        return await self.moved(package)

    async def begin_move(self, package: UUID, target: UUID) -> None:
        async with self.transactions.begin(Caller(ARCHIVIST, "move_aip")) as transaction:
            await move_aip(transaction, self.now, self.domain.configurations, package, target)

    async def ask(self, package: UUID) -> None:
        caller = Caller(ARCHIVIST, "request_aip_deletion")
        async with self.transactions.begin(caller) as transaction:
            await request_aip_deletion(transaction, self.now, package, "duplicate")

    async def review(self, package: UUID, *, approved: bool = True) -> None:
        caller = Caller(CURATOR, "review_aip_deletion")
        async with self.transactions.begin(caller) as transaction:
            await review_aip_deletion(transaction, self.now, package, approved=approved)

    async def cancel(self, package: UUID) -> None:
        caller = Caller(ARCHIVIST, "cancel_aip_deletion")
        async with self.transactions.begin(caller) as transaction:
            await cancel_aip_deletion(transaction, self.now, package, check=False)

    async def reject(self, package: UUID) -> None:
        async with self.transactions.begin(Caller(CURATOR, "reject_aip")) as transaction:
            await reject_aip(transaction, self.now, package)

    async def delete(self, package: UUID, *, skip_report: bool = False) -> RunStatus:
        """Delete a package without a review."""
        await self.begin_delete(package, skip_report=skip_report)
        return await self.ended(package)

    async def begin_delete(self, package: UUID, *, skip_report: bool = False) -> None:
        caller = Caller(ARCHIVIST, "aip_deletion_auto")
        async with self.transactions.begin(caller) as transaction:
            await delete_aip(transaction, self.now, package, "duplicate", skip_report=skip_report)

    # what becomes of it

    async def moved(self, package: UUID) -> RunStatus:
        """Wait for the end of a move, or of this life."""
        return await self._ended(move_identifier(package))

    async def ended(self, package: UUID) -> RunStatus:
        """Wait for the end of a deletion, or of this life."""
        return await self._ended(delete_identifier(package))

    async def _ended(self, identifier: str) -> RunStatus:
        async with asyncio.timeout(30):
            while True:
                status = await self.now.status(identifier)
                if self.now._left or status is not RunStatus.RUNNING:
                    return status
                await asyncio.sleep(0.02)

    async def row(self, package: UUID) -> AIPRow:
        async with self.domain.database.read() as session:
            return await find_aip(session, package)

    async def requests(self, package: UUID) -> list[str]:
        async with self.domain.database.read() as session:
            query = select(DeletionRequestRow).where(DeletionRequestRow.aip_uuid == package)
            rows = await session.scalars(query.order_by(DeletionRequestRow.id))
            return [row.status for row in rows]

    async def works(self, package: UUID) -> list[AIPWorkflow]:
        async with self.domain.database.read() as session:
            return (await list_aip_workflows(session, package)).workflows or []

    async def work(self, package: UUID) -> AIPWorkflow:
        """Return the latest workflow of a package."""
        return (await self.works(package))[-1]


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


async def away(_store: FileStore, key: str) -> bool:
    """What a store says that cannot be reached."""
    raise BlobUnavailable(f"cannot reach object {key}: Stale file handle")


async def delete_only_on_shelves(store: FileStore, key: str) -> None:
    if key.startswith("aips/"):
        raise BlobUnavailable(f"cannot delete object {key}: Read-only file system")
    await DELETE(store, key)
