"""What several processes share through Redis: imported only where it is configured."""

from __future__ import annotations

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.auth.tickets.redis import RedisTicketStore
from runtime.events.log import EventLog
from runtime.events.redis import RedisEvents
from service.start import CannotStart

ANSWER_SECONDS: Final = 1.0
"""How long Redis may take to answer at start."""


async def open_events(log: EventLog, url: str, variable: str) -> RedisEvents:
    """Connect the doorbell.

    Raises:
        CannotStart: Redis does not answer.
    """
    await check_redis(url, variable)
    return await RedisEvents.open(log, url)


async def open_tickets(url: str, variable: str) -> RedisTicketStore:
    """Connect the store of tickets.

    Raises:
        CannotStart: Redis does not answer.
    """
    await check_redis(url, variable)
    return RedisTicketStore.open(url)


async def check_redis(url: str, variable: str) -> None:
    """See that Redis answers.

    Raises:
        CannotStart: It does not.
    """
    try:
        redis = Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
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
