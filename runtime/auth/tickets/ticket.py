"""What a ticket is, how one is issued and redeemed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol

from runtime.auth.claims import Claims
from runtime.auth.tickets.counters import TicketCounters
from runtime.auth.tokens import InvalidCredential

TICKET_BYTES: Final = 32
"""Random bytes in a ticket; as base64url without padding they are 43 characters."""


@dataclass(frozen=True, slots=True)
class TicketScheme:
    """A purpose that tickets are issued for, from the design.

    ``cookie`` is the cookie that carries the ticket, ``seconds`` how long it is good.
    """

    name: str
    cookie: str
    seconds: int


class InvalidTicket(InvalidCredential):
    """The ticket is missing, unknown, expired, used, or for something else."""


class TicketStoreUnavailable(Exception):
    """Tickets can be neither kept nor looked up now: a fault of ours, not of the caller."""


class TicketStore(Protocol):
    """Keeps small values for some seconds, each to be taken once."""

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value under a key that is not in use.

        Raises:
            TicketStoreUnavailable: It cannot be kept.
        """
        ...

    async def take(self, key: str) -> bytes | None:
        """Remove the value and return it, in one step; ``None`` if there is none (any more).

        Raises:
            TicketStoreUnavailable: It cannot be looked up.
        """
        ...

    async def look(self, key: str) -> bytes | None:
        """Return the value and leave it there; ``None`` if there is none (any more).

        Raises:
            TicketStoreUnavailable: It cannot be looked up.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def utc_now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


class Tickets:
    """Issues tickets, and redeems each once for the claims of whom it was issued to.

    A ticket is kept under a digest of purpose, resource and ticket together.  So the store never
    holds what opens a door, and a ticket shown at a door it was not issued for is simply unknown
    there: it is refused and *not spent*, and nobody can burn a ticket by carrying it elsewhere.
    """

    def __init__(self, store: TicketStore, *, now: Callable[[], datetime] = utc_now) -> None:
        self.counters = TicketCounters()
        self._store = store
        self._now = now

    async def issue(self, scheme: TicketScheme, resource: str, claims: Claims) -> str:
        """Make a ticket for one use of one resource (empty where a purpose has only one).

        Raises:
            TicketStoreUnavailable: It cannot be kept.
        """
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        with self._availability_counted():
            await self._store.put(_key(scheme, resource, ticket), claims.to_json(), scheme.seconds)
        self.counters.issued += 1
        return ticket

    async def redeem(self, scheme: TicketScheme, resource: str, ticket: str) -> Claims:
        """Spend a ticket.  Of any number of uses at once exactly one succeeds.

        Raises:
            InvalidTicket: It is not good, or the claims behind it have expired.
            TicketStoreUnavailable: It cannot be looked up.
        """
        with self._availability_counted():
            document = await self._store.take(_key(scheme, resource, ticket))
        claims = self._claims(scheme, document)
        self.counters.redeemed += 1
        return claims

    async def inspect(self, scheme: TicketScheme, resource: str, ticket: str) -> Claims:
        """Tell whom a ticket was issued to, and leave it good.

        Raises:
            InvalidTicket: It is not good, or the claims behind it have expired.
            TicketStoreUnavailable: It cannot be looked up.
        """
        with self._availability_counted():
            document = await self._store.look(_key(scheme, resource, ticket))
        return self._claims(scheme, document)

    async def close(self) -> None:
        """Let go of the store."""
        await self._store.close()

    def _claims(self, scheme: TicketScheme, document: bytes | None) -> Claims:
        if document is None:
            self.counters.refused += 1
            raise InvalidTicket(f"no such {scheme.name}")
        claims = Claims.from_json(document)
        if claims.expired(self._now()):
            self.counters.refused += 1
            raise InvalidTicket(f"the claims behind the {scheme.name} have expired")
        return claims

    @contextmanager
    def _availability_counted(self) -> Iterator[None]:
        try:
            yield
        except TicketStoreUnavailable:
            self.counters.unavailable += 1
            raise


def _key(scheme: TicketScheme, resource: str, ticket: str) -> str:
    bound = "\0".join((scheme.name, resource, ticket))
    return sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()
