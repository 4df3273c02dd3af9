"""What is verified before the service serves: that what it stands on answers."""

from __future__ import annotations

from sqlalchemy import select

from runtime.database.engine import Database
from service.storage.rows import LocationRow
from service.storage.sealing import Seal


async def check_seal(database: Database, seal: Seal) -> None:
    """See that the key opens what is in the database.

    Raises:
        KeyFileError: It is another key.
    """
    async with database.read() as session:
        sealed = await session.scalar(select(LocationRow.config).order_by(LocationRow.id).limit(1))
    if sealed is not None:
        seal.unseal(sealed)
