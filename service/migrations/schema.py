"""Every table of the service's database, and the way there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import MetaData

from runtime.auth import revocation_table
from runtime.durable import tables
from runtime.events import log
from service.storage.rows import Row

SCHEMA: Final[tuple[MetaData, ...]] = (
    log.metadata,
    tables.metadata,
    revocation_table.metadata,
    Row.metadata,
)
"""The log of events, the journal of workflows, what was revoked, and the entities."""

SCRIPTS: Final = Path(__file__).parent
"""Where the migrations are; each says what it says for ever."""

NEWEST: Final = "0006"
"""The revision that the last of them makes."""
