"""The keys of one issuer, kept at hand: through rotation, outages and floods of forged tokens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog

from runtime.auth.oidc.counters import ProviderCounters
from runtime.auth.oidc.documents import BadDocument, Published, read_discovery, read_keys
from runtime.auth.oidc.fetch import Limits, fetch_document, new_client

DISCOVERY: Final = "/.well-known/openid-configuration"

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class ProviderUnavailable(Exception):
    """The keys of an issuer are not to be had; the text says whose and why."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many seconds things hold.

    Keys are ``fresh`` for so long, and then renewed behind the scenes; while that fails they go
    on being used until they are ``stale``.  ``pause`` lies between two attempts: after a failure,
    and between two tokens that make us ask for a key nobody has seen.
    """

    fresh: float = 600.0
    stale: float = 86_400.0
    pause: float = 5.0


class IssuerKeys:
    """What one issuer publishes; fetched once for all who wait for it.

    ``monotonic`` gives seconds on a scale of its own.
    """

    def __init__(
        self,
        issuer: str,
        *,
        limits: Limits | None = None,
        keeping: Keeping | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self.trouble = ""
        """Why the last attempt to take keys failed; empty when it did not."""
        self.counters = ProviderCounters()
        self._client = new_client(issuer)
        self._limits = limits or Limits()
        self._keeping = keeping or Keeping()
        self._monotonic = monotonic
        self._published: Published | None = None
        self._taken_at = self._tried_at = self._asked_at = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    async def current(self) -> Published:
        """Return what is known; if that is old, it is renewed meanwhile.

        Raises:
            ProviderUnavailable: Nothing is known that may still be used.
        """
        if self._older_than(self._keeping.fresh) and self._since(self._tried_at):
            self._tried_at = self._monotonic()
            self._take_off()
        if self._older_than(self._keeping.stale):
            await self._landing()
        if self._published is None or self._older_than(self._keeping.stale):
            raise ProviderUnavailable(f"{self.issuer}: {self.trouble}")
        return self._published

    async def newer_than(self, seen: Published) -> Published:
        """Return something newer if there is, for a token that ``seen`` does not explain.

        The provider is asked, but not for every such token: anybody can make them up.
        """
        if self._published is seen and self._flight is None:
            if not self._since(self._asked_at):
                self.counters.held_back += 1
                return seen
            self._asked_at = self._monotonic()
            self._take_off()
        await self._landing()
        return self._published or seen

    async def close(self) -> None:
        """Forget about it."""
        if self._flight is not None:
            self._flight.cancel()
            with suppress(asyncio.CancelledError):
                await self._flight
        await self._client.aclose()

    def _older_than(self, seconds: float) -> bool:
        return self._monotonic() - self._taken_at >= seconds

    def _since(self, moment: float) -> bool:
        return self._monotonic() - moment >= self._keeping.pause

    def _take_off(self) -> None:
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew(), name=f"keys of {self.issuer}")

    async def _landing(self) -> None:
        # Who no longer waits must not end it for the others.
        if self._flight is not None:
            await asyncio.shield(self._flight)

    async def _renew(self) -> None:
        try:
            published = await self._fetch()
        except BadDocument as error:
            self.counters.failed += 1
            self.trouble = str(error)
            _log.warning("provider.away", issuer=self.issuer, reason=str(error))
        else:
            self._take(published)
        finally:
            self._flight = None

    def _take(self, published: Published) -> None:
        self.counters.taken += 1
        if self.trouble or published != self._published:
            _log.info(
                "provider.back" if self.trouble else "provider.keys_taken",
                issuer=self.issuer,
                algorithms=published.algorithms,
                count=len(published.keys),
                left_out=published.left_out,
            )
        self._published, self._taken_at, self.trouble = published, self._monotonic(), ""

    async def _fetch(self) -> Published:
        with _said_of("discovery document"):
            address = self.issuer.removesuffix("/") + DISCOVERY
            found = read_discovery(
                await fetch_document(self._client, address, self._limits), self.issuer
            )
        with _said_of("key set"):
            document = await fetch_document(self._client, found.keys_address, self._limits)
            return read_keys(document, found.algorithms)


@contextmanager
def _said_of(document: str) -> Iterator[None]:
    try:
        yield
    except BadDocument as error:
        raise BadDocument(f"{document}: {error}") from error
