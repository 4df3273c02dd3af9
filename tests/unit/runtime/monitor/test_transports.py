"""What both transports do alike: one suite, run over each, by clients that take compressed data as
browsers do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import httpx2
import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed, InvalidStatus

from runtime.auth.attributes import all_of
from runtime.auth.claims import Claims
from runtime.auth.no_place import Full
from runtime.auth.places import Place, PlaceLimits, Places
from runtime.database.engine import Database
from runtime.monitor.ending import Ending
from tests.unit.runtime.monitor.pond_server import PondAddress, PondServer, fish, serve_pond
from tests.unit.runtime.pond import STREAM, DrainedEvent, caught, seen
from tests.unit.runtime.waiting import until

Transport = Literal["websocket", "sse"]


class NotLetIn(Exception):
    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers


@dataclass
class Frames:
    """The frames of one connection, whatever brings them."""

    arriving: AsyncGenerator[str]

    async def one(self, seconds: float = 5) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            document = json.loads(await anext(self.arriving))
        assert set(document) == {"value", "id"}
        return {**document["value"], "id": document["id"]}

    async def many(self, count: int) -> list[int]:
        """The positions of the next frames."""
        return [int((await self.one())["id"].partition("-")[2]) for _ in range(count)]

    async def end(self, seconds: float = 5) -> None:
        """Read until the other side ends it."""
        async with asyncio.timeout(seconds):
            async for _ in self.arriving:
                pass


@dataclass
class Watching:
    """A way to watch a pond."""

    transport: Transport

    @asynccontextmanager
    async def by_token(
        self,
        pond: PondAddress,
        *attributes: str,
        ttl: int = 3600,
        headers: dict[str, str] | None = None,
    ) -> AsyncIterator[Frames]:
        credential = {"Authorization": f"Bearer {pond.token(*attributes, ttl=ttl)}"}
        async with self.by(pond, {**credential, **(headers or {})}) as frames:
            yield frames

    @asynccontextmanager
    async def by(self, pond: PondAddress, headers: dict[str, str]) -> AsyncIterator[Frames]:
        arriving = (_websocket if self.transport == "websocket" else _sse)(pond, headers)
        async with aclosing(arriving):
            assert await anext(arriving) == "open"
            yield Frames(arriving)

    async def refusal(self, pond: PondAddress, headers: dict[str, str]) -> NotLetIn:
        with pytest.raises(NotLetIn) as refused:
            async with self.by(pond, headers):
                pass
        return refused.value


async def _websocket(pond: PondAddress, headers: dict[str, str]) -> AsyncGenerator[str]:
    try:
        async with pond.open(headers=headers, compression="deflate") as client:
            yield "open"
            try:
                async for text in client:
                    assert isinstance(text, str)
                    yield text
            except ConnectionClosed:
                return
    except InvalidStatus as error:
        response = error.response
        body = bytes(response.body or b"")
        raise NotLetIn(response.status_code, body, response.headers) from error


async def _sse(pond: PondAddress, headers: dict[str, str]) -> AsyncGenerator[str]:
    url = pond.url.replace("ws://", "http://")
    async with (
        httpx2.AsyncClient(timeout=20) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code != 200:
            raise NotLetIn(response.status_code, await response.aread(), response.headers)
        yield "open"
        async for block in blocks(response):
            [id, data] = block.split("\n")
            assert id == f"id: {json.loads(data.removeprefix('data: '))['id']}"
            yield data.removeprefix("data: ")


async def blocks(response: httpx2.Response) -> AsyncGenerator[str]:
    buffer = ""
    async for text in response.aiter_text():
        buffer += text
        while "\n\n" in buffer:
            block, _, buffer = buffer.partition("\n\n")
            yield block


@pytest.fixture(params=["websocket", "sse"])
def watching(request: pytest.FixtureRequest) -> Watching:
    return Watching(request.param)


@pytest.fixture
async def pond(database: Database) -> AsyncIterator[PondServer]:
    async with serve_pond(database) as pond:
        yield pond


# ---------------------------------------------------------------- what is sent


async def test_hello_comes_first_and_then_what_is_visible(
    pond: PondServer, watching: Watching
) -> None:
    async with watching.by_token(pond, "pond:fish:see") as frames:
        hello = await frames.one(seconds=1)
        assert (hello["type"], hello["value"]) == ("pond_ping_event", {"message": "Hello"})
        await pond.happen(seen("perch"), caught(), DrainedEvent(), seen("pike"))
        assert await frames.many(2) == [1, 4]


async def test_both_transports_show_the_same_frames(pond: PondServer) -> None:
    async with (
        Watching("websocket").by_token(pond, "*") as here,
        Watching("sse").by_token(pond, "*") as there,
    ):
        await pond.happen(*fish(20), DrainedEvent())
        assert [await here.one() for _ in range(22)] == [await there.one() for _ in range(22)]


# ---------------------------------------------------------------- coming back


@pytest.mark.parametrize("how", ["header", "query"])
async def test_who_comes_back_gets_what_was_missed_and_then_what_happens(
    pond: PondServer, watching: Watching, how: str
) -> None:
    async with watching.by_token(pond, "*") as frames:
        await pond.happen(*fish(3))
        last_id = [await frames.one() for _ in range(3)][-1]["id"]
    await pond.happen(caught(), *fish(3))
    again = pond if how == "header" else pond.asking(last_event_id=last_id)
    headers = {"Last-Event-ID": last_id} if how == "header" else {}
    async with watching.by_token(again, "*", headers=headers) as frames:
        assert await frames.many(6) == [2, 3, 4, 5, 6, 7]
        await pond.happen(seen())
        assert await frames.many(1) == [8]


async def test_the_header_is_newer_than_the_query(pond: PondServer, watching: Watching) -> None:
    await pond.happen(*fish(4))
    await until(lambda: pond.monitor.hub.position == 4)
    epoch = pond.monitor.hub.epoch
    asking = pond.asking(last_event_id=f"{epoch}-1")
    async with watching.by_token(asking, "*", headers={"Last-Event-ID": f"{epoch}-3"}) as frames:
        assert await frames.many(2) == [3, 4]


async def test_what_was_missed_survives_a_restart(database: Database, watching: Watching) -> None:
    async with serve_pond(database) as pond:
        async with watching.by_token(pond, "*") as frames:
            last_id = (await frames.one())["id"]
        await pond.happen(*fish(700))
    async with (
        serve_pond(database, ring_bytes=1000) as pond,
        watching.by_token(pond, "*", headers={"Last-Event-ID": last_id}) as frames,
    ):
        await pond.happen(*fish(10))
        assert await frames.many(711) == list(range(711))


async def test_what_was_missed_is_filtered_by_what_may_be_seen_now(
    pond: PondServer, watching: Watching
) -> None:
    async with watching.by_token(pond, "*") as frames:
        last_id = (await frames.one())["id"]
    await pond.happen(seen(), caught(), DrainedEvent(), caught())
    async with watching.by_token(
        pond, "pond:fish:catch", headers={"Last-Event-ID": last_id}
    ) as frames:
        assert await frames.many(3) == [0, 2, 4]


async def test_a_position_that_cannot_be_honoured_is_a_frame_and_the_feed_goes_on(
    pond: PondServer, watching: Watching
) -> None:
    await pond.happen(seen())
    await until(lambda: pond.monitor.hub.position == 1)
    async with watching.by_token(pond, "*", headers={"Last-Event-ID": "nonsense"}) as frames:
        await frames.one()
        reset = await frames.one()
        assert (reset["type"], reset["value"]) == ("pond_reset_event", {"reason": "malformed"})
        assert reset["id"] == str(pond.monitor.position())
        await pond.happen(seen())
        assert await frames.many(1) == [2]


async def test_a_stream_that_cannot_be_resumed_begins_now(
    database: Database, watching: Watching
) -> None:
    stream = replace(STREAM, resume=False)
    async with serve_pond(database, stream=stream) as pond:
        await pond.happen(seen())
        await until(lambda: pond.monitor.hub.position == 1)
        async with watching.by_token(pond, "*", headers={"Last-Event-ID": "x"}) as frames:
            assert await frames.many(1) == [1]
            await pond.happen(seen())
            assert await frames.many(1) == [2]


# ---------------------------------------------------------------- selection


async def test_a_client_may_want_some_types_only(pond: PondServer, watching: Watching) -> None:
    asking = pond.asking(types="fish_caught_event,drained_event")
    async with watching.by_token(asking, "pond:fish:*") as frames:
        await pond.happen(seen(), caught(), DrainedEvent(), seen(), caught())
        assert await frames.many(3) == [0, 2, 5]


async def test_a_client_may_want_one_subject_only(pond: PondServer, watching: Watching) -> None:
    async with watching.by_token(pond.asking(subject="pike"), "*") as frames:
        await pond.happen(seen("perch"), seen("pike"), DrainedEvent(), caught("pike"))
        assert await frames.many(3) == [0, 2, 4]


async def test_an_unknown_type_is_400_and_the_known_ones_are_named(
    pond: PondServer, watching: Watching
) -> None:
    with pytest.raises(NotLetIn) as refused:
        async with watching.by_token(pond.asking(types="fish_seen_event,whale"), "*"):
            pass
    assert refused.value.status == 400
    body = json.loads(refused.value.body)
    assert body["name"] == "invalid_enum_value"
    assert 'but got value "whale"' in body["message"]
    for tag in STREAM.events:
        assert f'"{tag}"' in body["message"]


async def test_a_fault_is_500_and_found_in_the_log_by_its_id(
    pond: PondServer, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(pond.monitor, "join", fail)
    with capture_logs() as logs, pytest.raises(NotLetIn) as refused:
        async with watching.by_token(pond.asking(), "*"):
            pass
    assert refused.value.status == 500
    body = json.loads(refused.value.body)
    assert (body["name"], body["message"]) == ("fault", "internal error")
    assert [entry["error_id"] for entry in logs if entry["event"] == "operation failed"] == [
        body["id"]
    ]


async def test_a_stranger_who_asks_nonsense_learns_that_he_is_a_stranger(
    pond: PondServer, watching: Watching
) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Cookie": "pond-ticket=x"}):
        with pytest.raises(NotLetIn) as refused:
            async with watching.by(pond.asking(types="fish_seen_event"), headers):
                pass
        assert refused.value.status == 401
        assert refused.value.body == b'"Unauthorized"\n'


async def test_nonsense_does_not_spend_the_ticket(pond: PondServer, watching: Watching) -> None:
    ticket = await pond.ticket()
    with pytest.raises(NotLetIn) as refused:
        async with watching.by(pond.asking(types="whale"), ticket):
            pass
    assert refused.value.status == 400
    async with watching.by(pond, ticket) as frames:
        await frames.one()


async def test_a_stream_that_cannot_be_narrowed_is_not(
    database: Database, watching: Watching
) -> None:
    async with serve_pond(database, stream=replace(STREAM, select=frozenset())) as pond:
        asking = pond.asking(types="whale", subject="pike")
        async with watching.by_token(asking, "*") as frames:
            await pond.happen(seen("perch"))
            assert await frames.many(2) == [0, 1]


async def test_over_its_limit_of_events_a_client_gets_the_last_of_an_entity_and_all_else(
    database: Database, watching: Watching
) -> None:
    stream = replace(STREAM, coalesce=frozenset({"fish_seen_event"}))
    async with (
        serve_pond(database, stream=stream, events_per_second=10) as pond,
        watching.by_token(pond, "*") as frames,
    ):
        await frames.one()
        await pond.happen(*[seen("perch")] * 100, caught("perch"), *fish(15), seen("perch"))
        # The second before lets ten through; those behind come at their pace, and none is lost.
        expected = [100, 101, *range(102, 117), 117]
        assert await frames.many(len(expected)) == expected
        assert pond.monitor.counters.coalesced == 99
        last_id = pond.monitor.position()
    async with (
        serve_pond(database, stream=stream, events_per_second=10) as pond,
        watching.by_token(pond, "*", headers={"Last-Event-ID": f"{last_id.epoch}-90"}) as frames,
    ):
        assert await frames.many(19) == [90, *expected]


# ---------------------------------------------------------------- who is let in, and for how long


async def test_a_ticket_opens_once(pond: PondServer, watching: Watching) -> None:
    ticket = await pond.ticket()
    async with watching.by(pond, ticket) as frames:
        await frames.one()
    with pytest.raises(NotLetIn) as refused:
        async with watching.by(pond, ticket):
            pass
    assert refused.value.status == 401


async def test_a_foreign_page_with_a_ticket_is_403_and_does_not_spend_it(
    pond: PondServer, watching: Watching
) -> None:
    ticket = await pond.ticket()
    with pytest.raises(NotLetIn) as refused:
        async with watching.by(pond, {**ticket, "Origin": "https://elsewhere.test"}):
            pass
    assert refused.value.status == 403
    async with watching.by(pond, ticket) as frames:
        await frames.one()


async def test_who_lacks_what_the_stream_requires_is_403(
    database: Database, watching: Watching
) -> None:
    async with serve_pond(database, stream=replace(STREAM, requires=all_of("pond:see"))) as pond:
        with pytest.raises(NotLetIn) as refused:
            async with watching.by_token(pond, "pond:fish:see"):
                pass
        assert refused.value.status == 403


@pytest.mark.parametrize(
    ("limits", "why"),
    [(PlaceLimits(of_one=1), Full.OF_ONE), (PlaceLimits(of_all=1), Full.OF_ALL)],
)
async def test_where_there_is_no_place_the_answer_is_503_and_says_when_to_ask_again(
    database: Database, watching: Watching, limits: PlaceLimits, why: Full
) -> None:
    async with serve_pond(database, places=Places(limits)) as pond:
        async with watching.by_token(pond, "*") as frames:
            await frames.one()
            claims = await pond.tokens.verify(pond.token())
            for headers in (pond.bearer(), await pond.ticket(claims)):
                refused = await watching.refusal(pond, headers)
                assert refused.status == 503
                assert json.loads(refused.body)["message"] == why.words
                assert refused.headers["retry-after"] == str(why.seconds)
        await until(lambda: pond.places.taken == 0)
        assert pond.places.counters.refused == {why: 2}
        async with watching.by_token(pond, "*") as frames:
            await frames.one()


async def test_a_ticket_that_was_asked_for_has_its_place(
    database: Database, watching: Watching
) -> None:
    async with serve_pond(database, places=Places(PlaceLimits(of_one=1))) as pond:
        asked = await pond.ask_for_ticket("*")
        assert asked.status_code == 200
        refused = await pond.ask_for_ticket("*")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        assert (await watching.refusal(pond, pond.bearer("*"))).status == 503
        cookie = {"Cookie": asked.headers["set-cookie"].partition(";")[0]}
        async with watching.by(pond, cookie) as frames:
            await frames.one()
            assert (await pond.ask_for_ticket("*")).status_code == 503


class Everybody:
    """Revokes the right of everybody, once a test says so."""

    revoked = False

    def cover(self, claims: Claims) -> bool:
        return self.revoked


async def test_what_was_revoked_ends_connections_and_opens_no_more(
    database: Database, watching: Watching
) -> None:
    everybody = Everybody()
    async with (
        serve_pond(database, revocations=everybody) as pond,
        watching.by_token(pond, "*") as frames,
    ):
        await pond.happen(seen())
        assert await frames.many(2) == [0, 1]
        ticket = await pond.ticket()
        everybody.revoked = True
        pond.places.revoke(everybody)
        # Committed after, and before the connection has had its turn.
        await pond.happen(seen())
        with pytest.raises(StopAsyncIteration):
            await frames.one()
        assert pond.monitor.counters.ended == {Ending.REVOKED: 1}
        for credential in (ticket, pond.bearer("*")):
            assert (await watching.refusal(pond, credential)).status == 401
        assert (await pond.ask_for_ticket("*")).status_code == 401


async def test_what_is_revoked_while_somebody_is_let_in_is_not_missed(
    database: Database, watching: Watching
) -> None:
    everybody = Everybody()

    class Late(Places):
        def hold(self, claims: Claims) -> Place:
            everybody.revoked = True
            return super().hold(claims)

    async with (
        serve_pond(database, revocations=everybody, places=Late()) as pond,
        watching.by_token(pond, "*") as frames,
    ):
        with pytest.raises(StopAsyncIteration):
            await frames.one()


async def test_it_ends_with_the_token(pond: PondServer, watching: Watching) -> None:
    async with watching.by_token(pond, "*", ttl=2) as frames:
        await frames.end(seconds=3)
    await until(lambda: pond.monitor.counters.watching == 0)


async def test_it_ends_when_the_server_stops_with_all_that_was_committed_before(
    database: Database, watching: Watching, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_pond(database) as pond, watching.by_token(pond, "*") as frames:
        await pond.happen(*fish(3))
        assert await frames.many(4) == [0, 1, 2, 3]
        pond.server.should_exit = True
        await frames.end(seconds=2)
    assert [record.getMessage() for record in caplog.records] == []
    assert pond.monitor.counters.watching == 0


async def test_a_client_that_leaves_is_noticed_at_once(
    pond: PondServer, watching: Watching
) -> None:
    async with watching.by_token(pond, "*") as frames:
        await frames.one()
    await until(lambda: pond.monitor.counters.watching == 0)
