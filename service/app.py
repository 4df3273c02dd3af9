"""From settings to a running application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import FastAPI

from generated.about.router import about_router
from generated.storage.events import StorageEvent
from generated.storage.publisher import PUBLISHER
from generated.storage.router import storage_router
from generated.storage.streams import MONITOR
from runtime.auth.off import NoVerification
from runtime.auth.places import Places
from runtime.auth.revocation_table import KnownRevocations, RevocationTable
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import Tickets, TicketStore
from runtime.auth.tokens import TokenVerifier
from runtime.database.engine import Database
from runtime.database.migrate import CannotMigrate
from runtime.durable.embedded import EmbeddedEngine
from runtime.durable.retention import RunRetention
from runtime.events.log import EventLog
from runtime.events.memory import MemoryEvents
from runtime.events.retention import Retention
from runtime.events.service import EventService
from runtime.events.transaction import Transactions
from runtime.http.app import add_routes, install, new_app
from runtime.http.own_pages import OwnPages
from runtime.http.security import Security
from runtime.monitor.monitor import Monitor
from service.about import Installation
from service.audit import STARTING, STOPPING, Auditor
from service.audit_log import AuditLog
from service.database import OnlyServer, open_database
from service.documents import documents_router
from service.health import Health, health_router
from service.internal_store import open_internal_store
from service.lock import FileLock
from service.metrics import Metrics, WorkerMetrics
from service.request_log import RequestLog
from service.settings import MEMORY, Settings
from service.start import CannotStart, check_folder
from service.storage.blobs.locations import Stores
from service.storage.blobs.s3 import settle
from service.storage.configurations import Configurations
from service.storage.delete_workflow import delete_workflow
from service.storage.move_workflow import move_workflow
from service.storage.sealing import KeyFileError, Seal
from service.storage.service import Storage
from service.tokens import provider_counters, provider_tokens, token_keys
from service.verify import check_seal
from service.version import VERSION

OPERATORS_ERRORS: Final = (KeyFileError, CannotMigrate)
"""What an operator can mend, beside ``CannotStart``: each says in a sentence what and how."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the application is made of."""

    settings: Settings
    database: Database
    events: EventService
    storage: Storage
    security: Security
    metrics: Metrics
    health: Health


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What everything stands on that changes something, for requests or behind them."""

    database: Database
    configurations: Configurations
    events: EventService
    transactions: Transactions[StorageEvent]
    engine: EmbeddedEngine[StorageEvent]


@dataclass(frozen=True)
class Running:
    """The application, what it tells of itself, and who watches it."""

    application: FastAPI
    metrics: Metrics
    places: Places


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Open all that the service needs, and close it again in the opposite order.

    Raises:
        CannotStart: Something is not as configured.
        KeyFileError, CannotMigrate: As their names say.
    """
    async with AsyncExitStack() as stack:
        parts = await _open(settings, stack)
        yield Running(_application(parts), parts.metrics, parts.security.places)


@dataclass(frozen=True)
class Working:
    """What performs workflows, and what it tells of itself."""

    engine: EmbeddedEngine[StorageEvent]
    metrics: WorkerMetrics


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Working]:
    """Perform workflows and serve nobody.

    Raises:
        CannotStart: Something is not as configured.
        KeyFileError, CannotMigrate: As their names say.
    """
    async with AsyncExitStack() as stack:
        check_folder(settings.data_folder, "SERVICE_DATA_DIR")
        ground = await _ground(settings, stack)
        await _perform_workflows(settings, ground, stack)
        metrics = WorkerMetrics(
            database=ground.database, events=ground.events, engine=ground.engine
        )
        yield Working(ground.engine, metrics)


async def prepare(settings: Settings) -> None:
    """Check all that serving processes open, make the keys that are missing, and migrate.

    Raises:
        CannotStart: Something is not as configured.
        KeyFileError, CannotMigrate: As their names say.
    """
    async with AsyncExitStack() as stack:
        check_folder(settings.data_folder, "SERVICE_DATA_DIR")
        await _ground(settings, stack)
        await _security(settings, stack)


async def _open(settings: Settings, stack: AsyncExitStack) -> Parts:
    check_folder(settings.data_folder, "SERVICE_DATA_DIR")
    await _be_the_only_server(settings, stack)
    ground = await _ground(settings, stack)
    database, events, engine = ground.database, ground.events, ground.engine
    auditor = await _auditor(settings, stack)
    revocations = await KnownRevocations.open(RevocationTable(database))
    stack.push_async_callback(revocations.close)
    security = replace(await _security(settings, stack), observer=auditor, revocations=revocations)
    revocations.on_change = lambda: security.places.revoke(revocations)
    retention = _keep_events_for_so_long(settings, database, stack)
    feed = await Monitor.open(MONITOR, events, events_per_second=settings.monitor.events_per_second)
    stack.push_async_callback(feed.close)
    if settings.workflows.run:
        await _perform_workflows(settings, ground, stack)
    storage = Storage(
        database=database,
        transactions=ground.transactions,
        configurations=ground.configurations,
        engine=engine,
        feed=feed,
    )
    return Parts(
        settings=settings,
        database=database,
        events=events,
        storage=storage,
        security=security,
        metrics=Metrics(
            database=database,
            events=events,
            feed=feed,
            retention=retention,
            engine=engine,
            providers=provider_counters(security.tokens),
            tickets=security.tickets,
            places=security.places,
            revocations=revocations,
            audit=None if auditor is None else auditor.counters,
        ),
        health=Health(database, events, revocations, settings.data_folder),
    )


async def _ground(settings: Settings, stack: AsyncExitStack) -> Ground:
    database = await open_database(settings)
    stack.push_async_callback(database.close)
    configurations = await _configurations(settings, database, stack)
    events = await _events(settings, database)
    stack.push_async_callback(events.close)
    transactions: Transactions[StorageEvent] = Transactions(
        database, PUBLISHER, events, strict=settings.auth.mode == "development"
    )
    engine = EmbeddedEngine(
        database,
        transactions,
        [move_workflow(database, configurations), delete_workflow(database, configurations)],
    )
    return Ground(
        database=database,
        configurations=configurations,
        events=events,
        transactions=transactions,
        engine=engine,
    )


async def _perform_workflows(settings: Settings, ground: Ground, stack: AsyncExitStack) -> None:
    stack.push_async_callback(ground.engine.close)
    await ground.engine.open()
    if keep_seconds := settings.workflows.keep_seconds:
        retention = RunRetention(ground.database, ground.engine, keep_seconds=keep_seconds)
        _in_the_background(retention.run(), stack)


def _in_the_background(work: Coroutine[Any, Any, None], stack: AsyncExitStack) -> None:
    """Let work without an end go on until the stack is closed."""
    task = asyncio.create_task(work)

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)


def _application(parts: Parts) -> FastAPI:
    app = new_app(title="Storage service", version=VERSION)
    origins = parts.settings.http.allowed_origins
    if parts.settings.auth.mode == "off":
        app.add_middleware(OwnPages, origins=origins)
    install(
        app,
        body_seconds=parts.settings.http.body_seconds,
        cors_origins=origins,
        headers={"X-Enduro-Version": VERSION},
    )
    app.add_middleware(RequestLog, counters=parts.metrics.requests)
    add_routes(
        app,
        storage_router(parts.storage, parts.security, parts.storage.feed.position),
        about_router(Installation(), parts.security),
        health_router(parts.health),
    )
    if parts.settings.http.serves_documents:
        add_routes(app, documents_router())
    return app


async def _be_the_only_server(settings: Settings, stack: AsyncExitStack) -> None:
    """Hold the database alone, unless Redis connects those who share it."""
    only = OnlyServer(settings)
    if settings.events_url == MEMORY or settings.tickets_url == MEMORY:
        await only.open()
        stack.push_async_callback(only.close)


def _keep_events_for_so_long(
    settings: Settings, database: Database, stack: AsyncExitStack
) -> Retention:
    kept = settings.events
    retention = Retention(
        database,
        EventLog(database, PUBLISHER.stream),
        keep_seconds=kept.keep_seconds,
        keep_count=kept.keep_count,
    )
    _in_the_background(retention.run(), stack)
    return retention


async def _configurations(
    settings: Settings, database: Database, stack: AsyncExitStack
) -> Configurations:
    stack.push_async_callback(settle)
    internal = await open_internal_store(settings)
    seal = Seal.from_file(settings.key_file)
    await check_seal(database, seal)
    stores = Stores(internal, settings.file_roots, settings.storage.s3_endpoints)
    return Configurations(seal, stores)


async def _auditor(settings: Settings, stack: AsyncExitStack) -> Auditor | None:
    """Open the audit log, if there is to be one, and hold it alone."""
    path = settings.audit_path
    if path is None:
        return None
    try:
        lock = FileLock(path.with_name(f"{path.name}.lock"))
        if not await lock.acquire():
            raise CannotStart(
                f"SERVICE_AUDIT__PATH: {await lock.holder()} writes to {path}: name another file"
            )
        stack.push_async_callback(lock.release)
        kept = settings.audit
        log = AuditLog(path, max_bytes=kept.max_bytes, keep_files=kept.keep_files)
    except OSError as error:
        raise CannotStart(
            f"SERVICE_AUDIT__PATH: cannot write to {path}: {error.strerror}"
        ) from error
    stack.push_async_callback(log.close)
    auditor = Auditor(log)
    auditor.system(STARTING)
    stack.callback(auditor.system, STOPPING)
    return auditor


async def _security(settings: Settings, stack: AsyncExitStack) -> Security:
    tokens: TokenVerifier = NoVerification()
    tickets = None
    if settings.auth.mode != "off":
        store = await _ticket_store(settings)
        stack.push_async_callback(store.close)
        tokens, tickets = await _tokens(settings, stack), Tickets(store)
    return Security(
        tokens=tokens,
        tickets=tickets,
        allowed_origins=settings.http.allowed_origins,
        places=Places(settings.monitor.limits),
    )


async def _tokens(settings: Settings, stack: AsyncExitStack) -> TokenVerifier:
    if settings.auth.mode == "development":
        return token_keys(settings)
    tokens = await provider_tokens(settings)
    stack.push_async_callback(tokens.close)
    return tokens


async def _ticket_store(settings: Settings) -> TicketStore:
    if settings.tickets_url == MEMORY:
        return MemoryTicketStore()
    from service.redis import open_tickets

    told = "SERVICE_EVENTS__URL" if settings.tickets.url is None else "SERVICE_TICKETS__URL"
    return await open_tickets(settings.tickets_url, told)


async def _events(settings: Settings, database: Database) -> EventService:
    log = EventLog(database, PUBLISHER.stream)
    if settings.events_url == MEMORY:
        return MemoryEvents(log)
    from service.redis import open_events

    return await open_events(log, settings.events_url, "SERVICE_EVENTS__URL")
