"""What is verified before the service serves: that what it stands on answers."""

from __future__ import annotations

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import select

from runtime.database.engine import Database
from service.start import CannotStart
from service.storage.rows import LocationRow
from service.storage.sealing import Seal

REDIS_SECONDS: Final = 1.0
"""How long Redis may take to answer at start."""


async def check_redis(url: str, variable: str) -> None:
    """See that Redis answers.

    Raises:
        CannotStart: It does not.
    """
    try:
        redis = Redis.from_url(
            url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        )
    except ValueError as error:
        raise CannotStart(f"{variable}: not the address of a Redis") from error
    try:
        await redis.echo("ready")
    except (RedisError, OSError) as error:
        raise CannotStart(
            f"{variable}: Redis does not answer ({type(error).__name__}): start it, or mend the"
            " address"
        ) from error
    finally:
        await redis.aclose()


async def check_seal(database: Database, seal: Seal) -> None:
    """See that the key opens what is in the database.

    Raises:
        KeyFileError: It is another key.
    """
    async with database.read() as session:
        sealed = await session.scalar(select(LocationRow.config).order_by(LocationRow.id).limit(1))
    if sealed is not None:
        seal.unseal(sealed)
