"""The bakery: a design of its own, generated here, on a runtime that knows nothing of it.

``tests/bakery`` holds what its developer wrote, as ``docs/your-own-design.md`` tells it.  It is
copied into a temporary folder, generated there, imported from there and served by a real server.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from jsonschema import Draft7Validator
from openapi_spec_validator import validate
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from codegen.cli import main as codegen
from runtime.auth.claims import Caller
from runtime.client.errors import StreamEnded
from runtime.events.publisher import UndeclaredEvent
from tests.node import ASYNCAPI_SCHEMAS, MODULES, Node, node
from tests.servers.bakery import Built, Shop, baker, built, opened, shop
from tests.tutorial import GENERATE, block, commands
from tests.unit.runtime.waiting import until

__all__ = ["baker", "built", "node", "shop"]

ROOT = Path(__file__).resolve().parents[2]
NOBODY = UUID("99999999-9999-4999-8999-999999999999")
DAWN = datetime(2026, 1, 2, 5, tzinfo=UTC)
PLUM = {"type": "jam", "value": {"fruit": "plum"}}
GOUDA = {"type": "cheese", "value": {"name": "Gouda", "months": 18}}

RIGHTS = [
    ("list_breads", "", True),
    ("bake_bread", "", False),
    ("bake_bread", "bakery:breads:recipe", False),
    ("bake_bread", "bakery:breads:bake", True),
    ("bake_bread", "bakery:breads:*", True),
    ("list_orders", "bakery:orders:place", False),
    ("list_orders", "bakery:orders:list", True),
    ("list_orders", "bakery:breads:bake", True),
    ("place_order", "bakery:orders:place", False),
    ("place_order", "bakery:orders:list", False),
    ("place_order", "bakery:orders:place bakery:orders:list", True),
]
"""Who holds what may do what."""
SIGHTS = {
    "": ["bread_baked"],
    "bakery:orders:place": ["bread_baked"],
    "bakery:breads:bake": ["bread_baked", "order_placed"],
    "bakery:orders:list": ["bread_baked", "order_placed", "order_ready"],
    "*": ["bread_baked", "order_placed", "order_ready"],
}
"""Who holds what sees what."""


async def seen(events: Any, count: int) -> list[Any]:
    """The next events that are no heartbeat."""
    found: list[Any] = []
    async with asyncio.timeout(5):
        while len(found) < count:
            event = await anext(events)
            if event.tag != "oven_beat":
                found.append(event)
    return found


async def seen_up_to(window: Any, position: int) -> list[str]:
    """The tags of all that comes until this position has been served, beats left out."""
    tags: list[str] = []
    async with asyncio.timeout(5):
        while not window.last_id.endswith(f"-{position}"):
            event = await anext(window)
            if event.tag != "oven_beat":
                tags.append(event.tag)
    return tags


# --------------------------------------------------------------------------------- what is built


def test_a_second_run_finds_nothing_to_do(
    built: Built, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(built.folder)
    assert codegen([*GENERATE, "--check"]) == 0
    assert codegen(GENERATE) == 0
    assert "bakery_api is up to date" in capsys.readouterr().out


def test_what_is_generated_and_what_is_built_on_it_have_no_mistake_in_their_types(
    built: Built,
) -> None:
    # Checked with the settings and the cache of this repository: a first run takes half a minute.
    settings = ("--config-file", ROOT / "pyproject.toml", "--cache-dir", ROOT / ".mypy_cache")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *settings, "."],
        cwd=built.folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_documents_are_what_their_standards_ask_for(built: Built, node: Node) -> None:
    def document(folder: Path, name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    api = built.folder / "bakery_api"
    validate(document(api, "openapi.json"))
    schema = document((MODULES / ASYNCAPI_SCHEMAS).parent, "schemas/3.1.0.json")
    mistakes = Draft7Validator(schema).iter_errors(document(api, "asyncapi.json"))
    assert [each.message for each in mistakes] == []


# --------------------------------------------------------------------------------- who may do what


async def test_what_is_open_to_anyone_asks_for_no_token(shop: Shop) -> None:
    stranger = shop.built.client.BakeryClient(shop.address, http=shop.http)
    assert await stranger.hours() == {"Monday to Saturday": "6 to 18", "Sunday": "7 to 11"}
    with pytest.raises(shop.built.errors.Unauthorized):
        await stranger.list_breads()


async def test_a_stranger_is_told_the_same_sentence_whatever_he_sends(shop: Shop) -> None:
    for method, body in (("GET", b""), ("POST", b"{")):
        answer = await shop.http.request(method, f"{shop.address}/breads", content=body)
        assert (answer.status_code, answer.json()) == (401, "Who are you?")


async def test_an_operation_wants_the_attributes_that_its_design_requires(
    shop: Shop, baker: Any
) -> None:
    bread = await baker.bake_bread(shop.loaf())
    bodies = {"bake_bread": [shop.loaf()], "place_order": [shop.wish(bread.uuid)]}

    async def allowed(operation: str, attributes: str) -> bool:
        call = getattr(shop.client(*attributes.split()), operation)
        try:
            await call(*bodies.get(operation, []))
        except shop.built.errors.Forbidden:
            return False
        return True

    found = [(each, held, await allowed(each, held)) for each, held, _ in RIGHTS]
    assert found == RIGHTS


async def test_an_error_without_a_body_of_its_own_has_the_ordinary_one(shop: Shop) -> None:
    answer = await shop.ask("GET", "/orders")
    assert answer.status_code == 403
    assert answer.json().keys() == {"name", "id", "message", "temporary", "timeout", "fault"}
    assert answer.json()["name"] == "forbidden"


# ------------------------------------------------------------------------------ values on the wire


@pytest.mark.parametrize("filling", [PLUM, GOUDA, None])
async def test_a_bread_comes_back_as_it_was_baked(
    shop: Shop, filling: dict[str, Any] | None
) -> None:
    given = {} if filling is None else {"filling": filling}
    body = {"name": "Rye", "crust": "very dark", "recipe": "Flour", **given}
    baked = await shop.ask("POST", "/breads", "*", json=body)
    shown = await shop.ask("GET", f"/breads/{baked.json()['uuid']}")
    assert baked.status_code == 201
    assert shown.json() == baked.json()
    fixed = {key: baked.json()[key] for key in ("uuid", "baked_at")}
    assert baked.json() == {"name": "Rye", "crust": "very dark", **given, **fixed}


async def test_a_union_arrives_as_the_type_that_its_tag_names(shop: Shop, baker: Any) -> None:
    models = shop.built.models
    gouda = models.FillingCheese(value=models.Cheese(name="Gouda", months=18))
    bread = await baker.bake_bread(shop.loaf(filling=gouda))
    assert bread.filling == gouda
    assert bread.crust is models.Crust.CRISP


async def test_null_absence_and_a_default_are_three_things(shop: Shop, baker: Any) -> None:
    bread = await baker.bake_bread(shop.loaf())

    async def ordered(**more: Any) -> Any:
        body = {"bread_uuid": str(bread.uuid), **more}
        return (await shop.ask("POST", "/orders", "*", json=body)).json()

    least = await ordered(collect_at=None)
    most = await ordered(collect_at="2026-01-02T06:00:00+01:00", note="Sliced", pieces=2)
    listed = (await shop.ask("GET", "/orders", "*")).json()["items"]
    fixed = {"bread_uuid": str(bread.uuid), "status": "placed"}
    assert least == {"uuid": least["uuid"], "pieces": 1, "collect_at": None, **fixed}
    assert listed[0] == least
    assert {**most, "collect_at": "2026-01-02T05:00:00Z"} == listed[1]
    assert (listed[1]["note"], listed[1]["pieces"]) == ("Sliced", 2)


async def test_a_list_is_a_bare_array_of_a_view_and_can_be_narrowed(shop: Shop, baker: Any) -> None:
    models = shop.built.models
    dark = await baker.bake_bread(shop.loaf("Rye", crust=models.Crust.VERY_DARK))
    await baker.bake_bread(shop.loaf("Oat", crust=models.Crust.SOFT))
    assert [each.name for each in await baker.list_breads()] == ["Rye", "Oat"]
    found = await baker.list_breads(crust=models.Crust.VERY_DARK)
    assert found == [models.BreadLabel(uuid=dark.uuid, name="Rye", crust="very dark")]
    answer = await shop.ask("GET", "/breads", params={"crust": "very dark"})
    assert answer.json() == [{"uuid": str(dark.uuid), "name": "Rye", "crust": "very dark"}]


async def test_a_paged_list_says_which_part_of_it_this_is(shop: Shop, baker: Any) -> None:
    bread = await baker.bake_bread(shop.loaf())
    for pieces in (1, 2, 3):
        await baker.place_order(shop.wish(bread.uuid, pieces=pieces))
    part = await baker.list_orders(limit=2, offset=1)
    assert [each.pieces for each in part.items] == [2, 3]
    assert part.page == shop.built.models.Page(limit=2, offset=1, total=3)
    assert (await baker.list_orders()).page.limit == 20


async def test_all_that_is_wrong_with_a_request_is_told_at_once(shop: Shop) -> None:
    wrong = {"bread_uuid": "rye", "pieces": 25, "note": 3}
    answer = await shop.ask("POST", "/orders", "*", json=wrong)
    page = await shop.ask("GET", "/orders", "*", params={"limit": 0, "offset": "x"})
    crust = await shop.ask("GET", "/breads", params={"crust": "burnt"})
    assert answer.status_code == page.status_code == crust.status_code == 400
    for field in ("bread_uuid", "pieces", "note", "collect_at"):
        assert field in answer.json()["message"]
    assert "limit" in page.json()["message"]
    assert "offset" in page.json()["message"]
    assert '"soft", "crisp", "very dark"' in crust.json()["message"]


async def test_an_error_with_a_body_of_its_own_is_raised_again_by_the_client(
    shop: Shop, baker: Any
) -> None:
    models = shop.built.models
    with pytest.raises(shop.built.errors.NoBread) as raised:
        await baker.place_order(shop.wish(NOBODY))
    assert raised.value.body == models.NoBread(message="we have no such bread", uuid=NOBODY)
    assert (await baker.list_orders()).items == []


# ---------------------------------------------------------------------------------------- tickets


async def test_a_ticket_opens_its_own_recipe_once(shop: Shop, baker: Any) -> None:
    rye, oat = [await baker.bake_bread(shop.loaf(name)) for name in ("Rye", "Oat")]
    ticket = await baker.recipe_request(uuid=rye.uuid)
    with pytest.raises(shop.built.errors.Unauthorized):
        async with baker.recipe(ticket, uuid=oat.uuid):
            pass
    async with baker.recipe(ticket, uuid=rye.uuid) as file:
        assert (file.filename, file.media_type, file.length) == ("Rye.md", "text/markdown", 19)
        assert b"".join([part async for part in file.content]) == b"# Rye\nFlour, time.\n"
    with pytest.raises(shop.built.errors.Unauthorized):
        async with baker.recipe(ticket, uuid=rye.uuid):
            pass


async def test_no_ticket_is_issued_to_who_may_not_or_for_what_is_not(
    shop: Shop, baker: Any
) -> None:
    with pytest.raises(shop.built.errors.NoBread):
        await baker.recipe_request(uuid=NOBODY)
    somebody = shop.client("bakery:breads:bake")
    bread = await somebody.bake_bread(shop.loaf())
    with pytest.raises(shop.built.errors.Forbidden):
        await somebody.recipe_request(uuid=bread.uuid)


# --------------------------------------------------------------------------------------- watching


async def test_what_happens_arrives_typed_in_order_and_with_its_position(
    shop: Shop, baker: Any
) -> None:
    events, models = shop.built.events, shop.built.models
    async with baker.window() as window:
        assert await anext(window) == events.OvenBeat(message="Good morning")
        positions = [window.last_id]
        bread = await baker.bake_bread(shop.loaf())
        order = await baker.place_order(shop.wish(bread.uuid, collect_at=DAWN))
        await shop.bakery.night_shift()
        found = []
        for _ in range(3):
            found += await seen(window, 1)
            positions.append(window.last_id)
    label = models.BreadLabel(uuid=bread.uuid, name="Rye", crust="crisp")
    ready = order.model_copy(update={"status": models.OrderStatus.READY_TO_COLLECT})
    assert found == [
        events.BreadBaked(uuid=bread.uuid, item=label),
        events.OrderPlaced(uuid=order.uuid, item=order),
        events.OrderReady(uuid=order.uuid, item=ready),
    ]
    epoch = positions[0].partition("-")[0]
    assert positions == [f"{epoch}-{position}" for position in range(4)]


async def test_a_browser_watches_with_the_cookie_of_a_ticket(
    shop: Shop, baker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    address = shop.address.replace("http", "ws") + "/window"
    cookie = (await shop.ask("POST", "/window")).headers["set-cookie"]
    assert cookie.startswith("bakery-window=")
    headers = {"Cookie": cookie.partition(";")[0]}
    async with connect(address, additional_headers=headers, proxy=None) as window:
        hello = json.loads(await window.recv())
        assert hello["value"] == {"type": "oven_beat", "value": {"message": "Good morning"}}
        bread = await baker.bake_bread(shop.loaf())
        while (frame := json.loads(await window.recv()))["value"]["type"] == "oven_beat":
            pass
    label = {"uuid": str(bread.uuid), "name": "Rye", "crust": "crisp"}
    told = {"uuid": str(bread.uuid), "item": label}
    assert frame == {"value": {"type": "bread_baked", "value": told}, "id": frame["id"]}
    assert frame["id"].endswith("-1")
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, additional_headers=headers, proxy=None)
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"") == "Who are you?"
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_watchers_see_what_their_attributes_open_and_nothing_else(
    shop: Shop, baker: Any
) -> None:
    async with AsyncExitStack() as stack:
        windows = {
            attributes: await stack.enter_async_context(shop.client(*attributes.split()).window())
            for attributes in SIGHTS
        }
        for window in windows.values():
            await anext(window)
        bread = await baker.bake_bread(shop.loaf())
        await baker.place_order(shop.wish(bread.uuid))
        await shop.bakery.night_shift()
        # A position tells how far the log has been looked through, not only what was seen.
        found = {held: await seen_up_to(window, 3) for held, window in windows.items()}
    assert found == SIGHTS


async def test_one_guest_may_not_stand_at_every_window(shop: Shop) -> None:
    answers = [await shop.ask("POST", "/window") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [503]
    assert answers[-1].headers["retry-after"] == "10"
    assert answers[-1].json()["name"] == "unavailable"


async def test_a_quiet_window_beats(shop: Shop, baker: Any) -> None:
    beat = shop.built.events.OvenBeat
    async with baker.window() as window:
        beats = [await anext(window) for _ in range(3)]
    assert beats == [beat(message=text) for text in ("Good morning", "Warm", "Warm")]


async def test_who_watches_is_told_when_the_bakery_closes(shop: Shop) -> None:
    async with AsyncExitStack() as stack:
        async with opened(shop.built.shop, shop.bakery, shop.tokens) as address:
            client = shop.built.client.BakeryClient(
                address, token=shop.tokens.mint(), http=shop.http
            )
            window = await stack.enter_async_context(client.window())
        with pytest.raises(StreamEnded) as ended:
            await seen(window, 1)
    assert ended.value.code == 1012


# ----------------------------------------------------------------------------------- the tutorial


def test_the_tutorial_generates_as_these_tests_do() -> None:
    assert commands("codegen") == [" ".join(["codegen", *GENERATE])]


async def test_the_requests_of_the_tutorial_are_answered_and_its_lines_are_printed(
    shop: Shop, baker: Any
) -> None:
    printed: list[str] = []

    async def read() -> None:
        async for line in shop.built.watch.lines(baker):
            if line != "Warm":
                printed.append(line)

    reading = asyncio.create_task(read())
    await until(lambda: len(printed) == 1)
    bread = ""
    for command in commands("curl"):
        answer = await typed(shop, command.replace("$BREAD", bread))
        assert answer.is_success, answer.text
        bread = bread or answer.json().get("uuid", "")
    await shop.bakery.night_shift()
    await until(lambda: len(printed) == 4)
    reading.cancel()
    await asyncio.wait([reading])
    assert printed == block("text watch").splitlines()


async def typed(shop: Shop, command: str) -> httpx2.Response:
    """Send what a person types: ``curl URL [-H AUTHORIZATION] [--json BODY]``."""
    _, url, *options = shlex.split(command)
    path = url.removeprefix("http://127.0.0.1:8000")
    if "-H" not in options:
        return await shop.http.get(shop.address + path)
    if "--json" not in options:
        return await shop.ask("GET", path, "*")
    return await shop.ask("POST", path, "*", json=json.loads(options[-1]))


# --------------------------------------------------------------------------------- what goes wrong


async def test_an_event_that_the_design_does_not_speak_of_is_refused_with_its_change(
    shop: Shop, baker: Any
) -> None:
    bread = await baker.bake_bread(shop.loaf())
    bakery, events = shop.built.bakery, shop.built.events

    async def rename() -> None:
        async with shop.bakery.transactions.begin(Caller.background("night_shift")) as transaction:
            row = await bakery.find_bread(transaction.session, bread.uuid)
            row.name = "Stollen"
            transaction.publish(events.BreadBaked(uuid=bread.uuid, item=bakery.label(row)))

    with pytest.raises(UndeclaredEvent, match="night_shift emits BreadBaked"):
        await rename()
    assert (await baker.show_bread(uuid=bread.uuid)).name == "Rye"


async def test_an_event_that_cannot_be_built_resets_the_watchers_and_keeps_the_change(
    shop: Shop, baker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> Any:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(shop.built.bakery, "BreadBaked", broken)
    async with baker.window() as window:
        bread = await baker.bake_bread(shop.loaf())
        [reset] = await seen(window, 1)
        position = window.last_id
    reason = shop.built.models.ResetReason.FAULT
    assert reset == shop.built.events.WindowReset(reason=reason)
    assert position.endswith("-1")
    assert (await baker.show_bread(uuid=bread.uuid)) == bread


async def test_a_fault_of_the_bakery_is_a_500_that_tells_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.built.bakery, "label", lambda row: 1 / 0)
    await shop.ask("POST", "/breads", "*", json={"name": "Rye", "recipe": ""})
    answer = await shop.ask("GET", "/breads")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert answer.json()["fault"] is True
