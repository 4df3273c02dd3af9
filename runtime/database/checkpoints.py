"""SQLite's write-ahead log, brought into the database file beside the writers.

Left to itself SQLite has the writer do that whose commit makes the log long: it stands still for tens
of milliseconds, and with it all who wait for their turn.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from runtime.database.completion import to_the_end
from runtime.database.counters import DatabaseCounters

SECONDS: Final = 1.0
"""How often it is done, if anything was written."""


async def keep_log_short(url: URL, counters: DatabaseCounters) -> None:
    """Do so without end, for the writers that are counted."""
    done = counters.written
    while True:
        await asyncio.sleep(SECONDS)
        if counters.written > done:
            done = counters.written
            await to_the_end(asyncio.to_thread(_checkpoint, Path(url.database or "")))


def _checkpoint(file: Path) -> None:
    """Bring over what is in the log, as far as nobody has to wait for it."""
    # Where it fails the writers do it, when the log has become long.
    with (
        suppress(sqlite3.Error),
        # One that is gone is not made anew.
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
