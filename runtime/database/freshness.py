"""Connections that died while they lay in the pool are replaced before anybody meets them.

SQLAlchemy's own pre-ping asks at every use, which on PostgreSQL takes three round trips.  A driver
knows by itself when the server has hung up; only one that lay idle for long has to be asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

from runtime.database.limits import PING_SECONDS

USED: Final = "used"


def keep_fresh(engine: AsyncEngine, hung_up: Callable[[Any], bool]) -> None:
    """Look at each connection before it is used again.

    Args:
        engine: Whose pool it is.
        hung_up: Tells of a driver's connection whether the server is known to have closed it.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[USED] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def look(connection: Any, record: Any, _proxy: object) -> None:
        used = record.info.pop(USED, None)
        if used is None:
            return
        if hung_up(connection.driver_connection):
            raise DisconnectionError("the server has hung up")
        if time.monotonic() - used > PING_SECONDS:
            try:
                connection.ping()
            except Exception as error:
                raise DisconnectionError("the server does not answer") from error
