from __future__ import annotations

import asyncio
import gc
import json

import pytest

from runtime.client import event_stream
from runtime.client.errors import StreamEnded, UnexpectedAnswer, UnexpectedFrame, Unreachable
from runtime.client.watch import Feed, Transport
from tests.unit.runtime.client.conftest import Listener, Ringing, Tower, cable
from tests.unit.runtime.client.library_client import EVENT_BY_TAG, Bell, BookAdded, LibraryClient
from tests.unit.runtime.http.library import BOOK, Book, Unauthorized
from tests.unit.runtime.waiting import until


@pytest.fixture(params=["websocket", "sse"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Either."""
    transport: Transport = request.param
    return transport


def frame(tag: str, value: object, position: str | None = None) -> str:
    said: dict[str, object] = {"value": {"type": tag, "value": value}}
    return json.dumps(said if position is None else {**said, "id": position, "more": 1}) + "\n"


HELLO = frame("bell", {"message": "Hello"}, "7-1")
ADDED = frame(
    "book_added",
    {"uuid": str(BOOK), "item": {"title": "Emma", "uuid": str(BOOK)}, "more": 1},
    "7-2",
)
UNKNOWN = frame("fire", {"where": "cellar"}, "7-3")
BYE = frame("bell", {"message": "Bye"})


def rings(*frames: str, close: tuple[int, str] | None = None) -> Ringing:
    async def ring(listener: Listener) -> None:
        for text in frames:
            await listener.send_text(text)
        if close is not None:
            await listener.close(*close)
        async for _ in listener.iter_text():
            pass

    return ring


def bell(message: str) -> Bell:
    return Bell(message=message)


async def test_events_come_typed_and_in_order(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(HELLO, ADDED)
    async with client.bells() as events:
        assert await anext(events) == bell("Hello")
        added = await anext(events)
    assert isinstance(added, BookAdded)
    assert added.item == Book(title="Emma", uuid=BOOK)


async def test_the_position_is_that_of_the_last_event_handed_out(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(HELLO, ADDED)
    async with client.bells() as events:
        positions = [events.last_id]
        for _ in range(2):
            await anext(events)
            positions.append(events.last_id)
    assert positions == [None, "7-1", "7-2"]


async def test_an_unknown_kind_is_passed_over_and_its_position_is_kept(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(UNKNOWN, BYE)
    async with client.bells() as events:
        assert await anext(events) == bell("Bye")
        assert events.last_id == "7-3"


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        "[]",
        "{}",
        '{"value":null}',
        '{"value":{"type":["bell"],"value":{}}}',
        '{"value":{"type":"bell","value":{"message":5}}}',
    ],
)
async def test_a_frame_that_cannot_be_understood_is_told_and_the_next_one_comes(
    client: LibraryClient, tower: Tower, wrong: str
) -> None:
    tower.ring = rings(wrong, BYE)
    async with client.bells() as events:
        with pytest.raises(UnexpectedFrame):
            await anext(events)
        assert await anext(events) == bell("Bye")


async def test_a_large_frame_is_read_whole(client: LibraryClient, tower: Tower) -> None:
    message = "é" * 1_000_000
    tower.ring = rings(frame("bell", {"message": message}))
    async with client.bells() as events:
        assert await anext(events) == bell(message)


@pytest.mark.parametrize("transport", ["websocket"])
@pytest.mark.parametrize("close", [(1000, "done"), (1012, "restart"), (4001, "expired")])
async def test_how_the_other_side_closed_is_told_after_its_last_frame(
    client: LibraryClient, tower: Tower, close: tuple[int, str]
) -> None:
    tower.ring = rings(HELLO, BYE, close=close)
    async with client.bells() as events:
        assert [await anext(events), await anext(events)] == [bell("Hello"), bell("Bye")]
        with pytest.raises(StreamEnded) as caught:
            await anext(events)
    assert (caught.value.code, caught.value.reason) == close


@pytest.mark.parametrize("transport", ["sse"])
async def test_the_end_of_an_answer_is_told_after_its_last_frame(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(HELLO, close=(4001, "expired"))
    async with client.bells() as events:
        assert await anext(events) == bell("Hello")
        with pytest.raises(StreamEnded) as caught:
            await anext(events)
    assert (caught.value.code, caught.value.reason) == (1000, "the answer ended")


@pytest.mark.parametrize("transport", ["sse"])
async def test_line_ends_of_other_alphabets_end_no_line(
    client: LibraryClient, tower: Tower
) -> None:
    message = "one\u2028two\u0085three"
    said = json.dumps(
        {"value": {"type": "bell", "value": {"message": message}}}, ensure_ascii=False
    )
    tower.ring = rings(said)
    async with client.bells() as events:
        assert await anext(events) == bell(message)


@pytest.mark.parametrize("transport", ["sse"])
async def test_silence_for_too_long_is_a_lost_connection(
    client: LibraryClient, tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "SILENCE_SECONDS", 0.3)
    tower.ring = rings(HELLO)
    async with client.bells() as events:
        await anext(events)
        with pytest.raises(StreamEnded) as caught:
            await anext(events)
    assert caught.value.code == 1006


async def test_another_document_than_a_stream_is_not_taken_for_one(address: str) -> None:
    async with LibraryClient(address, token="*", transport="sse") as client:
        feed = Feed("/library/books", EVENT_BY_TAG)
        with pytest.raises(UnexpectedAnswer, match="not an event stream"):
            async with client._watch(feed):
                pass


async def test_an_end_is_told_each_time_it_is_asked_for(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(close=(4001, "expired"))
    async with client.bells() as events:
        for _ in range(2):
            with pytest.raises(StreamEnded):
                await anext(events)


async def test_a_connection_that_is_lost_is_told_as_1006(
    address: str, tower: Tower, transport: Transport
) -> None:
    tower.ring = rings(HELLO)
    async with (
        cable(address) as wire,
        LibraryClient(wire.address, token="*", transport=transport) as client,
        client.bells() as events,
    ):
        await anext(events)
        wire.cut()
        with pytest.raises(StreamEnded) as caught:
            await anext(events)
    assert caught.value.code == 1006


async def test_leaving_by_break_says_goodbye(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(HELLO, BYE)
    async for event in client.bells():
        assert event == bell("Hello")
        break
    gc.collect()
    await asyncio.wait_for(tower.left.wait(), 2)


async def test_inside_of_async_with_an_iteration_may_be_left_and_taken_up_again(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(HELLO, BYE)
    async with client.bells() as events:
        async for event in events:
            assert event == bell("Hello")
            break
        async for event in events:
            assert event == bell("Bye")
            break
    await asyncio.wait_for(tower.left.wait(), 2)


async def test_closing_ends_an_iteration_that_waits(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(HELLO)
    async with client.bells() as events:
        seen: list[object] = []

        async def iterate() -> None:
            async for event in events:
                seen.append(event)

        waiting = asyncio.create_task(iterate())
        await until(lambda: bool(seen))
        await events.aclose()
        await asyncio.wait_for(waiting, 2)
    assert seen == [bell("Hello")]
    await asyncio.wait_for(tower.left.wait(), 2)


async def test_a_watch_that_was_closed_stays_closed(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(HELLO)
    async with client.bells() as events:
        await anext(events)
    assert [event async for event in events] == []


async def test_cancelling_a_watcher_says_goodbye(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(HELLO)
    heard = asyncio.Event()

    async def watch() -> None:
        async with client.bells() as events:
            async for _ in events:
                heard.set()

    watcher = asyncio.create_task(watch())
    await asyncio.wait_for(heard.wait(), 2)
    watcher.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watcher
    await asyncio.wait_for(tower.left.wait(), 2)


@pytest.mark.parametrize("transport", ["sse"])
async def test_over_sse_the_token_is_shown(client: LibraryClient, tower: Tower) -> None:
    tower.ring = rings(HELLO)
    async with client.bells() as events:
        await anext(events)
    [headers] = tower.headers
    assert (headers["authorization"], headers["accept"]) == ("Bearer *", "text/event-stream")
    assert "cookie" not in headers


@pytest.mark.parametrize("transport", ["websocket"])
async def test_the_ticket_goes_in_its_cookie_and_the_token_stays_at_home(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(HELLO)
    async with client.bells() as events:
        await anext(events)
    [headers] = tower.headers
    assert headers["cookie"].startswith("library-bells=")
    assert "authorization" not in headers


async def test_a_stream_without_tickets_takes_the_token(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(HELLO)
    async with client.bells_by_token() as events:
        assert await anext(events) == bell("Hello")
    assert tower.headers[0]["authorization"] == "Bearer *"


async def test_with_access_control_off_nothing_is_shown(
    open_address: str, tower: Tower, transport: Transport
) -> None:
    tower.ring = rings(HELLO)
    async with LibraryClient(open_address, transport=transport) as client, client.bells() as events:
        assert await anext(events) == bell("Hello")
    assert not {"cookie", "authorization"} & tower.headers[0].keys()


async def test_a_watcher_may_ask_for_less_and_for_what_it_missed(
    client: LibraryClient, tower: Tower
) -> None:
    tower.ring = rings(HELLO)
    async with client.bells(types=["bell", "book_added"], subject="x y", last_id="7-5") as events:
        assert events.last_id == "7-5"
        await anext(events)
    assert tower.queries == ["types=bell%2Cbook_added&subject=x+y"]
    assert tower.headers[0]["last-event-id"] == "7-5"


async def test_a_refusal_is_the_error_of_the_design(address: str, transport: Transport) -> None:
    async with LibraryClient(address, token="bad", transport=transport) as client:
        with pytest.raises(Unauthorized):
            async with client.bells():
                pass
        with pytest.raises(Unauthorized):
            async for _ in client.bells():
                pass


async def test_a_refused_upgrade_is_told_with_its_answer(
    address: str, transport: Transport
) -> None:
    async with LibraryClient(address, token="bad", transport=transport) as client:
        with pytest.raises(Exception, match="status 401"):
            await anext(client.bells_by_token())


async def test_a_service_that_is_not_there_is_unreachable(transport: Transport) -> None:
    async with LibraryClient("http://127.0.0.1:9", transport=transport) as client:
        with pytest.raises(Unreachable):
            async with client.bells():
                pass


async def test_a_watcher_that_does_not_read_makes_the_service_wait(
    client: LibraryClient, tower: Tower
) -> None:
    sent = 0

    async def flood(listener: Listener) -> None:
        nonlocal sent
        large = frame("bell", {"message": "x" * 100_000})
        while True:
            await listener.send_text(large)
            sent += 1

    tower.ring = flood
    async with client.bells():
        before = -1
        while sent != before:
            before = sent
            await asyncio.sleep(0.3)
        assert sent < 2000
