"""What watchers see."""

from __future__ import annotations

import asyncio
import re
import time
from statistics import median

import pytest

from generated.clients.python.storage import StorageClient
from generated.storage.attributes import ATTRIBUTES
from generated.storage.events import EVENT_BY_TAG, AIPUpdatedEvent, MonitorPingEvent
from runtime.client.watch import Transport
from tests.integration.afternoon import TAGS, Afternoon, Rights, spend_an_afternoon
from tests.integration.conftest import Pair, without_errors
from tests.integration.dashboard import Dashboard, Watching
from tests.servers.storage_service import StorageServer
from tests.visibility import OPENED_BY, RESET

NOTHING: Rights = ()
ALL: Rights = ("*",)


def opening(tag: str) -> list[Rights]:
    branch = OPENED_BY[tag][0].rpartition(":")[0] + ":*"
    return [*((name,) for name in OPENED_BY[tag]), (branch,), ALL]


def hiding(tag: str) -> list[Rights]:
    others = tuple(name for name in ATTRIBUTES if name not in OPENED_BY[tag])
    return [NOTHING, others]


ALLOWED = [(tag, rights) for tag in OPENED_BY for rights in opening(tag)]
DENIED = [(tag, rights) for tag in OPENED_BY for rights in hiding(tag)]


def named(value: str | Rights) -> str:
    if isinstance(value, str):
        return value
    return " ".join(value) if len(value) < 2 else "all others"


@pytest.fixture(scope="module")
def afternoon(session_server: StorageServer) -> Afternoon:
    watchers = {rights for _, rights in ALLOWED + DENIED}
    with without_errors(session_server):
        return asyncio.run(spend_an_afternoon(session_server, sorted(watchers)))


def test_every_kind_of_event_happens(afternoon: Afternoon) -> None:
    assert {*TAGS, "storage_ping_event"} == EVENT_BY_TAG.keys()
    assert {*OPENED_BY, RESET} == set(TAGS)
    assert [tag for _, tag, _ in afternoon.logged] == TAGS


@pytest.mark.parametrize(("tag", "rights"), ALLOWED, ids=named)
def test_who_may_see_a_kind_of_event_sees_all_of_it(
    afternoon: Afternoon, tag: str, rights: Rights
) -> None:
    seen = [frame.text for frame in afternoon.seen[rights] if frame.tag == tag]
    assert seen == [afternoon.frame(number) for number, each in enumerate(TAGS) if each == tag]


@pytest.mark.parametrize(("tag", "rights"), DENIED, ids=named)
def test_who_may_not_see_a_kind_of_event_sees_none_of_it(
    afternoon: Afternoon, tag: str, rights: Rights
) -> None:
    assert [frame for frame in afternoon.seen[rights] if frame.tag == tag] == []


@pytest.mark.parametrize(
    "number", range(len(TAGS)), ids=[f"{number} {tag}" for number, tag in enumerate(TAGS, 1)]
)
def test_a_frame_is_what_the_contract_says_byte_for_byte(afternoon: Afternoon, number: int) -> None:
    assert afternoon.seen[ALL][number].text == afternoon.frame(number)


def test_hello_comes_first_and_carries_the_position_of_joining(afternoon: Afternoon) -> None:
    [text] = {hello.text for hello in afternoon.hellos.values()}
    position = afternoon.logged[0][0] - 1
    assert re.fullmatch(
        r'\{"value":\{"type":"storage_ping_event","value":\{"message":"Hello"\}\},'
        rf'"id":"\d{{13}}-{position}"\}}\n',
        text,
    )


def test_everybody_sees_the_events_in_the_order_of_their_commits(afternoon: Afternoon) -> None:
    logged = [position for position, _, _ in afternoon.logged]
    assert logged == list(range(logged[0], logged[0] + len(TAGS)))
    assert [frame.position for frame in afternoon.seen[ALL]] == logged
    for rights, hello in afternoon.hellos.items():
        ids = [frame.position for frame in (hello, *afternoon.seen[rights])]
        assert ids == sorted(set(ids))
        assert {frame.epoch for frame in afternoon.seen[rights]} == {hello.epoch}


def test_who_may_see_nothing_is_still_told_to_load_anew(afternoon: Afternoon) -> None:
    assert [frame.text for frame in afternoon.seen[NOTHING]] == [afternoon.frame(len(TAGS) - 1)]


def test_what_is_sent_is_what_is_in_the_log(afternoon: Afternoon) -> None:
    for frame, (_, tag, payload) in zip(afternoon.seen[ALL], afternoon.logged, strict=True):
        assert f'"type":"{tag}","value":{payload.decode()}}}' in frame.text


def test_the_last_event_of_each_thing_shows_what_rest_shows(afternoon: Afternoon) -> None:
    [workflow] = afternoon.shown["workflows"]["workflows"]
    last = {frame.value.get("uuid"): frame.value.get("item") for frame in afternoon.seen[ALL]}
    for shown in (afternoon.shown["location"], afternoon.shown["aip"], *workflow.pop("tasks")):
        assert last[shown["uuid"]] == shown
    assert last[workflow["uuid"]] == workflow


def test_no_frame_holds_what_is_not_to_be_seen(afternoon: Afternoon) -> None:
    texts = "".join(frame.text for frame in afternoon.seen[ALL])
    assert "null" not in texts
    assert "config" not in texts
    assert "id.test" not in texts
    times = re.findall(r'_at":"([^"]*)"', texts)
    assert len(times) > len(TAGS)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each) for each in times)


async def test_a_ping_comes_after_ten_seconds_whatever_else_happens(
    shared_server: StorageServer,
) -> None:
    async with Dashboard(shared_server) as dashboard, dashboard.watch(*ALL) as watching:
        await watching.frame()
        began = time.monotonic()
        await dashboard.create_location()
        created = await watching.frame()
        ping = await watching.frame(seconds=15)
    assert 9 < time.monotonic() - began < 12
    id = f"{created.epoch}-{created.position}"
    assert ping.text == (
        f'{{"value":{{"type":"storage_ping_event","value":{{"message":"Ping"}}}},"id":"{id}"}}\n'
    )


@pytest.mark.parametrize("transport", ["websocket", "sse"])
async def test_the_generated_client_gives_events_their_types(
    shared_server: StorageServer, transport: Transport
) -> None:
    token = shared_server.token("storage:aips:read")
    async with (
        Dashboard(shared_server) as dashboard,
        StorageClient(shared_server.url, token=token, transport=transport) as client,
        client.monitor() as events,
    ):
        assert await anext(events) == MonitorPingEvent(message="Hello")
        aip = await dashboard.create_aip()
        await dashboard.ask("POST", f"/storage/aips/{aip}/reject")
        event = await anext(events)
        assert isinstance(event, AIPUpdatedEvent)
        assert event.item == await client.show_aip(uuid=event.uuid)
        assert event.item.status == "deleted"


async def test_two_processes_see_each_others_events_in_one_order(pair: Pair) -> None:
    async with (
        Dashboard(pair.first) as first,
        Dashboard(pair.second) as second,
        first.watch(*ALL) as here,
        second.watch(*ALL) as there,
    ):
        assert [(await each.frame()).tag for each in (here, there)] == ["storage_ping_event"] * 2
        began = time.monotonic()
        created = await asyncio.gather(
            *(dashboard.create_aip() for dashboard in (first, second) for _ in range(15))
        )
        frames = await here.frames(30)
        assert [each.text for each in await there.frames(30)] == [each.text for each in frames]
    assert {frame.value["uuid"] for frame in frames} == set(created)
    positions = [frame.position for frame in frames]
    assert positions == list(range(positions[0], positions[0] + 30))
    assert time.monotonic() - began < 20


async def test_the_other_process_hears_of_an_event_by_the_doorbell(pair: Pair) -> None:
    """Whoever only looks at the table does so a second after the last event."""
    async with (
        Dashboard(pair.first) as first,
        Dashboard(pair.second) as second,
        second.watch(*ALL) as there,
    ):
        await there.frame()
        delays = [await delay(first, there) for _ in range(5)]
    assert median(delays) < 0.5


async def delay(dashboard: Dashboard, watching: Watching) -> float:
    await dashboard.create_location()
    began = time.monotonic()
    await watching.frame()
    return time.monotonic() - began


async def test_who_has_changed_something_and_then_watches_is_told_of_what_comes_then(
    shared_server: StorageServer,
) -> None:
    async with Dashboard(shared_server) as dashboard:
        for _ in range(10):
            ticket = await dashboard.ticket("*")
            await dashboard.create_location()
            await dashboard.create_aip()
            async with dashboard.open(ticket) as socket:
                watching = Watching(socket)
                await watching.frame()
                later = await dashboard.create_location()
                assert (await watching.frame()).value["uuid"] == later
