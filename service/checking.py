"""Looking at all that the service stands on, and changing none of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from runtime.database.address import UnsupportedDatabase, parse, place
from runtime.database.engine import Database
from runtime.database.migrate import revision_of
from runtime.database.opening import CannotOpen
from service.database import VARIABLE
from service.migrations.schema import NEWEST
from service.settings import MEMORY, Settings
from service.start import CannotStart
from service.storage.blobs.file import FileStore
from service.storage.blobs.locations import Stores, folder_of
from service.storage.blobs.s3 import S3Store
from service.storage.blobs.store import BlobError, BlobStore
from service.storage.reports.typesetting import told
from service.storage.rows import LocationRow
from service.storage.sealing import KeyFileError, Seal

STORE_SECONDS: Final = 15.0
"""How long a store may take to answer."""

LOOKED_FOR: Final = "storage-service-check"
"""A key under which a store is asked for something; nothing need be there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing: whether it is as it should be, and in a sentence what
    it is, or what is wrong and how to mend it.
    """

    name: str
    good: bool
    says: str


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Look at one thing after the other."""
    checks: tuple[tuple[str, Callable[[Settings], Awaitable[str]]], ...] = (
        ("data", _data),
        ("database", _database),
        ("internal location", _internal),
        ("events", _events),
        ("tickets", _tickets),
        ("access control", _access),
        ("audit log", _audit),
        ("reports", _reports),
    )
    for name, look in checks:
        yield await _found(name, look(settings))
    async for finding in _locations(settings):
        yield finding


async def _found(name: str, looking: Awaitable[str]) -> Finding:
    try:
        return Finding(name, True, await looking)
    except (CannotStart, KeyFileError, BlobError) as error:
        return Finding(name, False, str(error))
    except (CannotOpen, UnsupportedDatabase) as error:
        return Finding(name, False, f"{VARIABLE}: {error}")


async def _data(settings: Settings) -> str:
    return _writable(settings.data_folder, "SERVICE_DATA_DIR")


async def _database(settings: Settings) -> str:
    where = place(parse(settings.database_url))
    if (missing := _missing_file(settings)) is not None:
        _writable(missing.parent, VARIABLE)
        return f"{where} is not there yet: the service makes it when it starts"
    database = await Database.open(settings.database_url)
    try:
        async with database.read() as session:
            revision = await revision_of(session)
    finally:
        await database.close()
    if revision is None:
        return f"{where}, empty: the service makes its tables when it starts"
    if revision > NEWEST:
        raise CannotStart(
            f"{VARIABLE}: {where} is at revision {revision}, which this version does not know;"
            " use the version that made it, or restore a backup"
        )
    if revision < NEWEST:
        return (
            f"{where}, at revision {revision}: to be migrated to {NEWEST}, by itself at the start"
        )
    return f"{where}, has the schema of this version"


async def _internal(settings: Settings) -> str:
    bucket = settings.storage.internal.s3.place
    if bucket is None:
        return _writable(folder_of(settings.internal_url), "SERVICE_STORAGE__INTERNAL__URL")
    try:
        await _answers(S3Store(bucket))
    except BlobError as error:
        raise CannotStart(f"SERVICE_STORAGE__INTERNAL__S3: {error}") from error
    return f"bucket {bucket.bucket}, it answers"


async def _locations(settings: Settings) -> AsyncIterator[Finding]:
    """Look at every location that is recorded, and whether the key opens its configuration."""
    try:
        rows = await _recorded(settings)
    except Exception:
        return  # the database is wrong, and said to be
    if not rows:
        return
    if not settings.key_file.exists():
        lost = (
            f"SERVICE_STORAGE__KEY_FILE: {settings.key_file} is missing: restore it from a backup"
        )
        yield Finding("locations", False, lost)
        return
    stores = Stores(
        FileStore(settings.data_folder), settings.file_roots, settings.storage.s3_endpoints
    )
    for row in rows:

        async def look(row: LocationRow = row) -> str:
            config = Seal.from_file(settings.key_file).unseal(row.config)
            await _answers(stores.open(config))
            return f"{row.name!r}, it answers"

        yield await _found(f"location {row.uuid}", look())


async def _recorded(settings: Settings) -> list[LocationRow]:
    if _missing_file(settings) is not None:
        return []
    database = await Database.open(settings.database_url)
    try:
        async with database.read() as session:
            return list(await session.scalars(select(LocationRow).order_by(LocationRow.id)))
    finally:
        await database.close()


async def _events(settings: Settings) -> str:
    if settings.events_url == MEMORY:
        return "in memory: for exactly one process"
    return await _redis(settings.events_url, "SERVICE_EVENTS__URL")


async def _tickets(settings: Settings) -> str:
    if settings.tickets_url == MEMORY:
        return "in memory: for exactly one process"
    told = "SERVICE_EVENTS__URL" if settings.tickets.url is None else "SERVICE_TICKETS__URL"
    return await _redis(settings.tickets_url, told)


async def _redis(url: str, variable: str) -> str:
    from service.redis import check_redis

    await check_redis(url, variable)
    return "Redis, it answers"


async def _access(settings: Settings) -> str:
    if settings.auth.mode == "off":
        return "off: everybody may do everything, without a token"
    if settings.auth.mode == "development":
        return "tokens signed by the service itself"
    from service.tokens import provider_tokens

    tokens = await provider_tokens(settings)
    await tokens.close()
    return f"tokens of {', '.join(each.issuer for each in settings.auth.oidc)}; keys are there"


async def _audit(settings: Settings) -> str:
    path = settings.audit_path
    if path is None:
        return "off (SERVICE_AUDIT__PATH)"
    if not path.parent.is_dir():
        raise CannotStart(f"SERVICE_AUDIT__PATH: there is no folder {path.parent}: make it")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise CannotStart(f"SERVICE_AUDIT__PATH: cannot write to {path}: mend its permissions")
    return f"{path}, writable"


async def _reports(_settings: Settings) -> str:
    return told()


async def _answers(store: BlobStore) -> None:
    try:
        async with asyncio.timeout(STORE_SECONDS):
            await store.exists(LOOKED_FOR)
    except TimeoutError:
        raise CannotStart(
            f"the store does not answer within {STORE_SECONDS:g} s: see whether it can be reached"
        ) from None


def _writable(folder: Path, variable: str) -> str:
    """See that a folder can be written to, or could be made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise CannotStart(
            f"{variable}: cannot write to {folder}: mend the permissions of {there}, or name"
            " another folder"
        )
    if there != folder:
        return f"{folder} is not there yet: the service makes it when it starts"
    return f"{folder}, writable"


def _missing_file(settings: Settings) -> Path | None:
    """Return the file of the database, if it is one and not there."""
    url = parse(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return None
    file = Path(str(url.database)).absolute()
    return None if file.exists() else file
