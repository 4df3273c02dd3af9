"""A storage domain on a real, migrated database."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from generated.storage.events import StorageEvent
from generated.storage.models import (
    AIP,
    AIPStatus,
    CreateAIP,
    CreateLocation,
    LocationPurpose,
    LocationSource,
)
from generated.storage.publisher import PUBLISHER
from runtime.auth.claims import Caller, Claims
from runtime.database.engine import Database
from runtime.database.migrate import migrate
from runtime.durable.embedded import EmbeddedEngine
from runtime.events.event import StoredEvent
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.transaction import Transaction, Transactions
from service.migrations.schema import SCHEMA, SCRIPTS
from service.storage import aips, locations
from service.storage.blobs.file import FileStore
from service.storage.blobs.locations import Stores
from service.storage.configurations import Configurations
from service.storage.delete_workflow import delete_workflow
from service.storage.move_workflow import move_workflow
from service.storage.rows import LocationRow
from service.storage.sealing import CONFIG, Seal
from tests.servers.database_server import DatabaseServer, name_of
from tests.servers.loop import run

ARCHIVIST = Claims(issuer="https://id.test", subject="1", email="archivist@test")
CURATOR = Claims(issuer="https://id.test", subject="2", name="Curator")


@dataclass(frozen=True)
class Domain:
    """What the functions of the domain work on."""

    database: Database
    log: EventLog
    events: MemoryEvents
    transactions: Transactions[StorageEvent]
    configurations: Configurations
    root: Path

    def begin(self, operation: str) -> AbstractAsyncContextManager[Transaction[StorageEvent]]:
        """Begin a transaction of an operation, on behalf of an archivist."""
        return self.transactions.begin(Caller(ARCHIVIST, operation))

    @property
    def engine(self) -> EmbeddedEngine[StorageEvent]:
        """An engine that records runs and performs none."""
        return EmbeddedEngine(
            self.database,
            self.transactions,
            [
                move_workflow(self.database, self.configurations),
                delete_workflow(self.database, self.configurations),
            ],
        )

    async def logged(self, after: int = 0) -> list[StoredEvent]:
        """Read the log."""
        return await self.log.read(after, 1000)

    async def add_location(self, name: str = "shelf") -> LocationRow:
        """Record a location under the root."""
        async with self.begin("create_location") as transaction:
            return await locations.create_location(
                transaction, self.configurations, a_location(self.root / name, name=name)
            )

    async def add_aip(
        self,
        name: str = "letters",
        status: AIPStatus = AIPStatus.STORED,
        location_uuid: UUID | None = None,
    ) -> AIP:
        """Record a package."""
        body = CreateAIP(
            uuid=uuid4(),
            name=name,
            object_key=uuid4(),
            status=status,
            location_uuid=location_uuid,
        )
        async with self.begin("create_aip") as transaction:
            return await aips.create_aip(transaction, body)


def a_location(
    folder: Path, *, name: str = "shelf", description: str | None = None
) -> CreateLocation:
    """Ask for a location in a folder."""
    return CreateLocation(
        name=name,
        description=description,
        source=LocationSource.FILESYSTEM,
        purpose=LocationPurpose.AIP_STORE,
        config=CONFIG.validate_python({"type": "url", "value": {"url": folder.as_uri()}}),
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("database") / "empty.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}", SCRIPTS, SCHEMA))
    return file


@pytest.fixture(scope="session")
def empty_server_database(request: pytest.FixtureRequest, database_engine: str) -> str:
    """A migrated database on a server, which tests leave as empty as they find it."""
    server = request.getfixturevalue(f"session_{database_engine}_server")
    url: str = run(server.address.create_database())
    run(migrate(url, SCRIPTS, SCHEMA))
    return url


@pytest.fixture(scope="module")
def module_database_url(
    request: pytest.FixtureRequest,
    database_engine: str,
    empty_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A migrated database of this module's own, in which its tests leave what they like."""
    if database_engine == "sqlite":
        file = tmp_path_factory.mktemp("module") / "storage.db"
        shutil.copyfile(empty_database, file)
        yield f"sqlite:///{file}"
        return
    server: DatabaseServer = request.getfixturevalue(f"session_{database_engine}_server")
    server.start()
    url = run(server.address.create_database())
    run(migrate(url, SCRIPTS, SCHEMA))
    yield url
    server.start()
    run(server.address.drop_database(url))


@pytest.fixture
async def database_url(
    request: pytest.FixtureRequest, database_engine: str, empty_database: Path, tmp_path: Path
) -> AsyncIterator[str]:
    """A migrated database of this test's engine with nothing in it."""
    if database_engine == "sqlite":
        file = tmp_path / "storage.db"
        shutil.copyfile(empty_database, file)
        yield f"sqlite:///{file}"
        return
    server: DatabaseServer = request.getfixturevalue(f"{database_engine}_server")
    url: str = request.getfixturevalue("empty_server_database")
    yield url
    # Faster than to make every table anew; and past the guard, which forbids it.
    tables = (table for metadata in SCHEMA for table in reversed(metadata.sorted_tables))
    await server.address.run(
        *(f"DELETE FROM {table.name}" for table in tables), database=name_of(url)
    )


@asynccontextmanager
async def open_domain(database_url: str, folder: Path) -> AsyncIterator[Domain]:
    """Open the storage domain on a migrated database, its packages and its key in a folder."""
    database = await Database.open(database_url)
    log = EventLog(database, PUBLISHER.stream)
    events = MemoryEvents(log)
    root = folder / "locations"
    stores = Stores(FileStore(folder / "internal"), [root])
    yield Domain(
        database=database,
        log=log,
        events=events,
        transactions=Transactions(database, PUBLISHER, events, strict=True),
        configurations=Configurations(Seal.from_file(folder / "storage.key"), stores),
        root=root,
    )
    await events.close()
    await database.close()


@pytest.fixture
async def domain(database_url: str, tmp_path: Path) -> AsyncIterator[Domain]:
    """The storage domain, empty."""
    async with open_domain(database_url, tmp_path) as domain:
        yield domain
