"""Tickets in Redis, shared by all processes of a service."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError

from runtime.auth.tickets.ticket import TicketStoreUnavailable

TIMEOUT: Final = 2.0
"""Seconds to wait for Redis, to connect and to answer: less than a ticket's life."""


class RedisTicketStore:
    """Keeps tickets under ``<prefix>:<key>``; one trailing colon of the prefix is dropped."""

    def __init__(self, redis: Redis, *, prefix: str = "ticket") -> None:
        self._redis = redis
        self._prefix = prefix.removesuffix(":")

    @classmethod
    def open(cls, url: str, *, prefix: str = "ticket") -> RedisTicketStore:
        """Use the Redis at ``url`` (``redis://``, ``rediss://``); it is connected to when needed.

        Raises:
            ValueError: The address is not one of Redis.
        """
        redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            # A connection that died while nobody used it is found dead by whoever uses it next.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
        )
        return cls(redis, prefix=prefix)

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value; Redis removes it when its time is over.

        Raises:
            TicketStoreUnavailable: Redis cannot be reached, or refuses.
        """
        try:
            await self._redis.set(self._key(key), value, ex=seconds)
        except (RedisError, OSError) as error:
            raise TicketStoreUnavailable("Redis does not keep the ticket") from error

    async def take(self, key: str) -> bytes | None:
        """Remove a value and return it.

        Raises:
            TicketStoreUnavailable: Redis cannot be reached, or refuses.
        """
        return await _found(self._redis.getdel(self._key(key)))

    async def look(self, key: str) -> bytes | None:
        """Return a value and leave it there.

        Raises:
            TicketStoreUnavailable: Redis cannot be reached, or refuses.
        """
        return await _found(self._redis.get(self._key(key)))

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _key(self, key: str) -> str:
        return f"{self._prefix}:{key}"


async def _found(looking: Awaitable[bytes | str | None]) -> bytes | None:
    try:
        value = await looking
    except (RedisError, OSError) as error:
        raise TicketStoreUnavailable("Redis does not look up the ticket") from error
    return value.encode() if isinstance(value, str) else value
