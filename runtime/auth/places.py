"""Places: how many connections may watch this process, and who sits on each.  No socket."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Protocol

from runtime.auth.claims import Claims
from runtime.auth.no_place import Full, NoPlace
from runtime.auth.revocations import Revocations
from runtime.clock import Clock

Bearer = tuple[str, str]
"""Issuer and subject: a subject is somebody only within its issuer."""


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """How many connections may watch one process at a time."""

    of_one: int = 20
    """Connections of one subject.  A dashboard holds one or two for each of its open pages."""
    of_all: int = 10_000
    """Connections in all."""


LIMITS: Final = PlaceLimits()
"""The limits where nothing else is configured."""


class Seated(Protocol):
    """A connection that watches, as far as its place is concerned."""

    on_leave: Callable[[], None]
    """To be called when it is over."""

    def close(self) -> None:
        """Give it what is due to it, and then an end."""
        ...

    def revoke(self) -> None:
        """End it, since the right of its bearer was taken back."""
        ...


@dataclass(slots=True)
class PlaceCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    refused: Counter[Full] = field(default_factory=Counter)
    """Tickets and connections refused because there was no place, by reason."""


class Place:
    """One place: kept for whoever comes with a ticket, or taken by a connection."""

    __slots__ = ("_places", "claims", "watcher")

    def __init__(self, places: Places, claims: Claims) -> None:
        self._places = places
        self.claims = claims
        self.watcher: Seated | None = None
        """Whoever sits here."""

    def seat(self, watcher: Seated) -> None:
        """Take the place for a connection, until it leaves."""
        self.watcher = watcher
        watcher.on_leave = self.free

    def free(self) -> None:
        """Give the place back; once is enough."""
        self._places.remove(self)


class Places:
    """The places of one process, for all of its streams.

    A ticket that was issued here counts as a place until it is redeemed here, or has expired.  One
    that is redeemed by another process counts in both for the rest of its life: some seconds.
    """

    def __init__(self, limits: PlaceLimits = LIMITS, *, clock: Clock | None = None) -> None:
        self.counters = PlaceCounters()
        self._limits = limits
        self._clock = clock or Clock()
        self._all: dict[Place, None] = {}
        self._of_one: Counter[Bearer] = Counter()
        self._kept: dict[bytes, Place] = {}
        self._stopping = False
        self._expiries: list[tuple[float, bytes]] = []

    @property
    def taken(self) -> int:
        """How many places are taken, or kept for a ticket."""
        self._sweep()
        return len(self._all)

    def hold(self, claims: Claims) -> Place:
        """Hold a place for somebody; to be seated, kept or freed.

        Raises:
            NoPlace: There is none, for this one or for anybody.
        """
        self.check_open()
        self._sweep()
        bearer = _bearer(claims)
        if len(self._all) >= self._limits.of_all:
            raise self._refused(Full.OF_ALL)
        if bearer is not None and self._of_one[bearer] >= self._limits.of_one:
            raise self._refused(Full.OF_ONE)
        place = Place(self, claims)
        self._all[place] = None
        if bearer is not None:
            self._of_one[bearer] += 1
        return place

    def check_open(self) -> None:
        """See that somebody may be let in at all.

        Raises:
            NoPlace: The process stops.
        """
        if self._stopping:
            raise self._refused(Full.STOPPING)

    async def drain(self, seconds: float) -> None:
        """Let nobody in any more, and end every connection, spread evenly over some seconds.

        Each is sent what is due to it first.  Clients that come back do not come all at once then.
        """
        self._stopping = True
        seated = [place.watcher for place in self._all if place.watcher is not None]
        began = self._clock.monotonic()
        for number, watcher in enumerate(seated):
            wait = began + seconds * number / len(seated) - self._clock.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            watcher.close()

    def revoke(self, revocations: Revocations) -> None:
        """End the connections whose right was taken back."""
        for place in list(self._all):
            if place.watcher is not None and revocations.cover(place.claims):
                place.watcher.revoke()

    def keep(self, place: Place, ticket: str, seconds: float) -> None:
        """Keep a place for whoever comes with a ticket, for as long as that is good."""
        key = _digest(ticket)
        self._kept[key] = place
        heapq.heappush(self._expiries, (self._clock.monotonic() + seconds, key))

    def kept(self, ticket: str) -> Place | None:
        """Hand out the place that was kept for a ticket, if this process has one; only once.

        Raises:
            NoPlace: The process stops.
        """
        self.check_open()
        return self._kept.pop(_digest(ticket), None)

    def remove(self, place: Place) -> None:
        """Count a place no more."""
        if place not in self._all:
            return
        del self._all[place]
        bearer = _bearer(place.claims)
        if bearer is not None:
            self._of_one[bearer] -= 1
            if not self._of_one[bearer]:
                del self._of_one[bearer]

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        while self._expiries and self._expiries[0][0] <= now:
            _, key = heapq.heappop(self._expiries)
            if place := self._kept.pop(key, None):
                place.free()

    def _refused(self, why: Full) -> NoPlace:
        self.counters.refused[why] += 1
        return NoPlace(why)


def _bearer(claims: Claims) -> Bearer | None:
    """Return whose place it is; nobody's when access control is off."""
    bearer = (claims.issuer, claims.subject)
    return bearer if any(bearer) else None


def _digest(ticket: str) -> bytes:
    # What opens a door is not kept.
    return sha256(ticket.encode("utf-8", "surrogatepass")).digest()
