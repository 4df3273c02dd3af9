"""The database as the settings name it: opened, brought up to date, and ours alone if need be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from runtime.database.address import UnsupportedDatabase, parse
from runtime.database.engine import Database
from runtime.database.failures import passing
from runtime.database.lock import Lock
from runtime.database.migrate import migrate
from runtime.database.opening import CannotOpen
from service.lock import lock_of
from service.migrations.schema import NEWEST, SCHEMA, SCRIPTS
from service.settings import Settings
from service.start import CannotStart, check_folder

VARIABLE: Final = "SERVICE_DATABASE__URL"
LOOK_SECONDS: Final = 1.0
"""How often the only server asks whether it still is the only one."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


def check_database_url(settings: Settings) -> None:
    """See that the address can be understood and, if it is a file's, that its folder is there.

    Raises:
        CannotStart: It cannot, or the folder cannot be written to.
    """
    try:
        url = parse(settings.database_url)
    except UnsupportedDatabase as error:
        raise CannotStart(f"{VARIABLE}: {error}") from error
    if url.get_backend_name() == "sqlite":
        check_folder(Path(str(url.database)).absolute().parent, VARIABLE)


async def open_database(
    settings: Settings, told: Callable[[str], None] = lambda _: None
) -> Database:
    """Open the database and bring its schema up to date; ``told`` hears of every step there.

    Raises:
        CannotStart: The address cannot be understood, or the database not be opened.
        CannotMigrate: A newer version was here before.
    """
    check_folder(settings.data_folder, "SERVICE_DATA_DIR")
    check_database_url(settings)
    try:
        database = await Database.open(settings.database_url)
    except CannotOpen as error:
        raise CannotStart(f"{VARIABLE}: {error}") from error
    try:
        await migrate(settings.database_url, SCRIPTS, SCHEMA, newest=NEWEST, tell=told)
    except BaseException:
        await database.close()
        raise
    return database


class OnlyServer:
    """Sees to it that no second process serves a database, for as long as this one does."""

    def __init__(self, settings: Settings) -> None:
        """Take nothing yet.

        Raises:
            CannotStart: The database's address cannot be understood.
        """
        check_database_url(settings)
        self._lock = lock_of(settings.database_url, "lock")
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Be the only one.

        Raises:
            CannotStart: Another process serves already, or the database cannot be reached.
        """
        try:
            taken = await self._lock.acquire()
        except CannotOpen as error:
            raise CannotStart(f"{VARIABLE}: {error}") from error
        if not taken:
            raise CannotStart(
                f"{await self._lock.holder()} serves this database already. Without Redis only"
                " one process may: stop it, or set SERVICE_EVENTS__URL=redis://... for all of them"
            )
        self._looking = asyncio.create_task(_keep(self._lock))

    async def close(self) -> None:
        """Let the next one in."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._lock.release()


async def _keep(lock: Lock) -> None:
    """Take the lock again when a restart of the database has lost it.

    Whoever was faster serves beside us from then on.  That costs a second until each hears of the
    other's events, and tickets are known to their maker only, so somebody has to be told.
    """
    alone = True
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            now = await lock.held() or await lock.acquire()
        except Exception as error:
            if not isinstance(error, CannotOpen) and not passing(error):
                raise
            continue
        if alone and not now:
            _log.error("serving.not_alone", other=await lock.holder())
        alone = now
