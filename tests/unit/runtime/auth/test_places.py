from __future__ import annotations

import asyncio

import pytest

from runtime.auth.claims import UNRESTRICTED, Claims
from runtime.auth.no_place import Full, NoPlace
from runtime.auth.places import PlaceLimits, Places
from runtime.events.event import EventPosition
from runtime.monitor.ending import Ending
from runtime.monitor.hub import Hub
from runtime.monitor.watcher import Watcher
from tests.unit.runtime.clock import Hands
from tests.unit.runtime.pond import STREAM

ANN = Claims(issuer="https://id.test", subject="ann")
BEN = Claims(issuer="https://id.test", subject="ben")
OTHER_ANN = Claims(issuer="https://elsewhere.test", subject="ann")


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def places(hands: Hands) -> Places:
    return Places(PlaceLimits(of_one=2, of_all=4), clock=hands.clock)


def refused(places: Places, claims: Claims) -> Full:
    with pytest.raises(NoPlace) as caught:
        places.hold(claims)
    return caught.value.why


def test_one_subject_has_so_many_places_and_another_has_its_own(places: Places) -> None:
    places.hold(ANN)
    places.hold(ANN)
    assert refused(places, ANN) is Full.OF_ONE
    places.hold(BEN)


def test_a_subject_is_somebody_else_with_another_issuer(places: Places) -> None:
    for claims in (ANN, ANN, OTHER_ANN, OTHER_ANN):
        places.hold(claims)
    assert places.taken == 4


def test_there_are_so_many_places_in_all(places: Places) -> None:
    for claims in (ANN, ANN, BEN, OTHER_ANN):
        places.hold(claims)
    assert refused(places, BEN) is Full.OF_ALL


def test_without_access_control_nobody_is_told_from_another(places: Places) -> None:
    for _ in range(4):
        places.hold(UNRESTRICTED)
    assert refused(places, UNRESTRICTED) is Full.OF_ALL


def test_bearers_without_a_subject_are_one(places: Places) -> None:
    nameless = Claims(issuer="https://id.test")
    places.hold(nameless)
    places.hold(nameless)
    assert refused(places, nameless) is Full.OF_ONE


def test_a_place_that_is_given_back_twice_is_one_place(places: Places) -> None:
    place, _ = places.hold(ANN), places.hold(ANN)
    place.free()
    place.free()
    places.hold(ANN)
    assert refused(places, ANN) is Full.OF_ONE


def test_a_ticket_counts_until_it_has_expired(places: Places, hands: Hands) -> None:
    places.keep(places.hold(ANN), "one", 5)
    hands.move(2)
    places.keep(places.hold(ANN), "two", 5)
    hands.move(2.9)
    assert refused(places, ANN) is Full.OF_ONE
    hands.move(0.1)
    places.hold(ANN)
    assert refused(places, ANN) is Full.OF_ONE


def test_a_redeemed_ticket_is_its_connections_place_and_expires_no_more(
    places: Places, hands: Hands
) -> None:
    place = places.hold(ANN)
    places.keep(place, "one", 5)
    assert places.kept("one") is place
    assert places.kept("one") is None
    hands.move(60)
    assert places.taken == 1


def test_a_ticket_of_another_process_has_no_place_here(places: Places) -> None:
    assert places.kept("never seen") is None
    assert places.kept("\udcff") is None


def test_whoever_leaves_gives_the_place_back(places: Places) -> None:
    watcher = Hub(STREAM, EventPosition(1700, 0)).join(ANN)
    places.hold(ANN).seat(watcher)
    assert places.taken == 1
    watcher.leave()
    watcher.leave()
    assert places.taken == 0


def test_each_refusal_is_counted_by_its_reason(places: Places) -> None:
    for claims in (ANN, ANN, BEN):
        places.hold(claims)
    refused(places, ANN)
    refused(places, ANN)
    places.hold(BEN)
    refused(places, ANN)
    assert places.counters.refused == {Full.OF_ONE: 2, Full.OF_ALL: 1}


async def test_connections_are_ended_evenly_over_the_time_and_nobody_comes_in_meanwhile(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(clock=hands.clock)
    hub = Hub(STREAM, EventPosition(1700, 0))
    watchers = [hub.join(ANN) for _ in range(4)]
    for watcher in watchers:
        watcher.take()
        places.hold(ANN).seat(watcher)
    places.keep(places.hold(BEN), "one", 5)
    ended: list[list[Watcher]] = []

    async def sleep(seconds: float) -> None:
        for watcher in watchers:
            watcher.take()
        ended.append([watcher for watcher in watchers if watcher.ended])
        assert refused(places, BEN) is Full.STOPPING
        with pytest.raises(NoPlace, match="stops"):
            places.kept("one")
        hands.move(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    began = hands.seconds
    await places.drain(8)
    watchers[-1].take()
    assert hands.seconds - began == 6
    assert ended == [watchers[:1], watchers[:2], watchers[:3]]
    assert [watcher.ended for watcher in watchers] == [Ending.SHUTDOWN] * 4


async def test_where_nobody_watches_nothing_is_waited_for(places: Places, hands: Hands) -> None:
    began = hands.seconds
    await places.drain(60)
    assert hands.seconds == began
