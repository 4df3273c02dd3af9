"""The bakery: a design of its own, generated here, on a runtime that knows nothing of it.

``tests/bakery`` holds what its developer wrote, as ``docs/your-own-design.md`` tells it.  It is
copied into a temporary folder, generated there, imported from there and served by a real server.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

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
from runtime.http.server import serve
from tests.node import ASYNCAPI_SCHEMAS, MODULES, Node, node
from tests.unit.runtime.waiting import until

__all__ = ["node"]

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests" / "bakery"
NOBODY = UUID("99999999-9999-4999-8999-999999999999")
DAWN = datetime(2026, 1, 2, 5, tzinfo=UTC)
PLUM = {"type": "jam", "value": {"fruit": "plum"}}
GOUDA = {"type": "cheese", "value": {"name": "Gouda", "months": 18}}


# ------------------------------------------------------------------ the bakery, built and opened


@dataclass(frozen=True)
class Built:
    """The bakery's folder, and its modules; nothing is known of their types before they exist."""

    folder: Path

    def __getattr__(self, name: str) -> Any:
        places = {
            "bakery": "bakery",
            "shop": "shop",
            "watch": "watch",
            "client": "bakery_api.clients.python.bakery",
        }
        return importlib.import_module(places.get(name, f"bakery_api.bakery.{name}"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The bakery, generated.  Its oven beats faster, so that no test has to wait 10 seconds."""
    folder = tmp_path_factory.mktemp("bakery")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=ignored)
    window = folder / "design" / "window.yaml"
    window.write_text(window.read_text().replace("every: 10s", "every: 300ms"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert codegen(["gen", "--output", "bakery_api"]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        before = set(sys.modules)
        yield Built(folder)
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in ("bakery", "bakery_api", "shop", "watch"):
                del sys.modules[name]


@dataclass(frozen=True)
class Shop:
    """The bakery, open."""

    built: Built
    address: str
    bakery: Any
    tokens: Any

    def token(self, *attributes: str) -> str:
        return str(self.tokens.mint(attributes=attributes))

    def client(self, *attributes: str) -> Any:
        """A generated client of somebody with these attributes."""
        return self.built.client.BakeryClient(self.address, token=self.token(*attributes))

    def http(self, *attributes: str) -> httpx2.AsyncClient:
        """A plain client of the same."""
        headers = {"authorization": f"Bearer {self.token(*attributes)}"}
        return httpx2.AsyncClient(base_url=self.address, headers=headers)

    def loaf(self, name: str = "Rye", **more: Any) -> Any:
        """A bread to bake."""
        return self.built.models.BakeBread(name=name, recipe=f"# {name}\nFlour, time.\n", **more)

    def wish(self, bread_uuid: UUID, **more: Any) -> Any:
        """An order to place."""
        wanted = {"collect_at": None, **more}
        return self.built.models.PlaceOrder(bread_uuid=bread_uuid, **wanted)


@pytest.fixture
async def shop(built: Built, tmp_path: Path) -> AsyncIterator[Shop]:
    """The bakery behind a socket, with empty shelves."""
    async with built.shop.open_bakery(tmp_path) as bakery:
        tokens = built.shop.open_tokens(tmp_path)
        async with served(built.shop.application(bakery, tokens)) as address:
            yield Shop(built, address, bakery, tokens)


@pytest.fixture
async def baker(shop: Shop) -> AsyncIterator[Any]:
    """The client of somebody who may do everything."""
    async with shop.client("*") as client:
        yield client


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    started = asyncio.Event()
    serving = asyncio.create_task(serve(app, listener, started=started.set))
    await started.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        serving.cancel()
        await asyncio.wait([serving])


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
    assert codegen(["gen", "--output", "bakery_api", "--check"]) == 0
    assert codegen(["gen", "--output", "bakery_api"]) == 0
    assert "bakery_api is up to date" in capsys.readouterr().out


def test_what_is_generated_and_what_is_built_on_it_have_no_mistake_in_their_types(
    built: Built,
) -> None:
    # Checked with the settings and the cache of this repository: a first run takes half a minute.
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", ROOT / "pyproject.toml"]
        + ["--cache-dir", ROOT / ".mypy_cache", "."],
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
    async with shop.built.client.BakeryClient(shop.address) as stranger:
        assert await stranger.hours() == {"Monday to Saturday": "6 to 18", "Sunday": "7 to 11"}
        with pytest.raises(shop.built.errors.Unauthorized):
            await stranger.list_breads()


async def test_a_stranger_is_told_the_same_sentence_whatever_he_sends(shop: Shop) -> None:
    async with httpx2.AsyncClient(base_url=shop.address) as stranger:
        for answer in (await stranger.get("/breads"), await stranger.post("/breads", content="{")):
            assert (answer.status_code, answer.json()) == (401, "Who are you?")


@pytest.mark.parametrize(
    ("operation", "attributes", "allowed"),
    [
        ("list_breads", [], True),
        ("bake_bread", [], False),
        ("bake_bread", ["bakery:breads:recipe"], False),
        ("bake_bread", ["bakery:breads:bake"], True),
        ("bake_bread", ["bakery:breads:*"], True),
        ("list_orders", ["bakery:orders:place"], False),
        ("list_orders", ["bakery:orders:list"], True),
        ("list_orders", ["bakery:breads:bake"], True),
        ("place_order", ["bakery:orders:place"], False),
        ("place_order", ["bakery:orders:list"], False),
        ("place_order", ["bakery:orders:place", "bakery:orders:list"], True),
    ],
)
async def test_an_operation_wants_the_attributes_that_its_design_requires(
    shop: Shop, baker: Any, operation: str, attributes: Sequence[str], allowed: bool
) -> None:
    bread = await baker.bake_bread(shop.loaf())
    bodies = {"bake_bread": [shop.loaf()], "place_order": [shop.wish(bread.uuid)]}
    async with shop.client(*attributes) as somebody:
        call = getattr(somebody, operation)(*bodies.get(operation, []))
        if allowed:
            await call
        else:
            with pytest.raises(shop.built.errors.Forbidden):
                await call


async def test_an_error_without_a_body_of_its_own_has_the_ordinary_one(shop: Shop) -> None:
    async with shop.http() as http:
        answer = await http.get("/orders")
    assert answer.status_code == 403
    assert answer.json().keys() == {"name", "id", "message", "temporary", "timeout", "fault"}
    assert answer.json()["name"] == "forbidden"


# ------------------------------------------------------------------------------ values on the wire


@pytest.mark.parametrize("filling", [PLUM, GOUDA, None])
async def test_a_bread_comes_back_as_it_was_baked(
    shop: Shop, filling: dict[str, Any] | None
) -> None:
    given = {} if filling is None else {"filling": filling}
    async with shop.http("*") as http:
        baked = await http.post(
            "/breads", json={"name": "Rye", "crust": "very dark", "recipe": "Flour", **given}
        )
        shown = await http.get(f"/breads/{baked.json()['uuid']}")
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
    async with shop.http("*") as http:

        async def ordered(**more: Any) -> dict[str, Any]:
            body = {"bread_uuid": str(bread.uuid), **more}
            answer: dict[str, Any] = (await http.post("/orders", json=body)).json()
            return answer

        least = await ordered(collect_at=None)
        most = await ordered(collect_at="2026-01-02T06:00:00+01:00", note="Sliced", pieces=2)
        listed = (await http.get("/orders")).json()["items"]
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
    async with shop.http() as http:
        answer = await http.get("/breads", params={"crust": "very dark"})
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
    async with shop.http("*") as http:
        wrong = {"bread_uuid": "rye", "pieces": 25, "note": 3}
        answer = await http.post("/orders", json=wrong)
        page = await http.get("/orders", params={"limit": 0, "offset": "x"})
        crust = await http.get("/breads", params={"crust": "burnt"})
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
    async with shop.client("bakery:breads:bake") as somebody:
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


async def test_a_browser_watches_with_the_cookie_of_a_ticket(shop: Shop, baker: Any) -> None:
    address = shop.address.replace("http", "ws") + "/window"
    async with shop.http() as http:
        cookie = (await http.post("/window")).headers["set-cookie"]
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


@pytest.mark.parametrize(
    ("attributes", "tags"),
    [
        ([], ["bread_baked"]),
        (["bakery:orders:place"], ["bread_baked"]),
        (["bakery:breads:bake"], ["bread_baked", "order_placed"]),
        (["bakery:orders:list"], ["bread_baked", "order_placed", "order_ready"]),
        (["*"], ["bread_baked", "order_placed", "order_ready"]),
    ],
)
async def test_a_watcher_sees_what_his_attributes_open_and_nothing_else(
    shop: Shop, baker: Any, attributes: Sequence[str], tags: Sequence[str]
) -> None:
    async with shop.client(*attributes) as somebody, somebody.window() as window:
        await anext(window)
        bread = await baker.bake_bread(shop.loaf())
        await baker.place_order(shop.wish(bread.uuid))
        await shop.bakery.night_shift()
        # The position tells how far the log has been looked through, not only what was seen.
        assert await seen_up_to(window, 3) == tags


async def test_a_quiet_window_beats(shop: Shop, baker: Any) -> None:
    beat = shop.built.events.OvenBeat
    async with baker.window() as window:
        beats = [await anext(window) for _ in range(3)]
    assert beats == [beat(message=text) for text in ("Good morning", "Warm", "Warm")]


async def test_who_watches_is_told_when_the_bakery_closes(built: Built, tmp_path: Path) -> None:
    async with built.shop.open_bakery(tmp_path) as bakery:
        tokens = built.shop.open_tokens(tmp_path)
        async with served(built.shop.application(bakery, tokens)) as address:
            client = built.client.BakeryClient(address, token=tokens.mint())
            window = await client.window().__aenter__()
        with pytest.raises(StreamEnded) as ended:
            await seen(window, 1)
        await client.aclose()
    assert ended.value.code == 1012


async def test_the_lines_of_the_tutorial_are_printed(shop: Shop, baker: Any) -> None:
    printed: list[str] = []

    async def read() -> None:
        async for line in shop.built.watch.lines(baker):
            if line != "Warm":
                printed.append(line)

    reading = asyncio.create_task(read())
    await until(lambda: bool(printed))
    bread = await baker.bake_bread(shop.loaf())
    await baker.place_order(shop.wish(bread.uuid, pieces=2))
    await shop.bakery.night_shift()
    await until(lambda: len(printed) == 4)
    reading.cancel()
    await asyncio.wait([reading])
    assert printed == [
        "Good morning",
        "Rye is out of the oven, crisp",
        "2 pieces ordered",
        "2 pieces are ready to collect",
    ]


# --------------------------------------------------------------------------------- what goes wrong


async def test_an_event_that_the_design_does_not_speak_of_is_refused_with_its_change(
    shop: Shop, baker: Any
) -> None:
    bread = await baker.bake_bread(shop.loaf())
    bakery, events = shop.built.bakery, shop.built.events
    with pytest.raises(UndeclaredEvent, match="night_shift emits BreadBaked"):
        async with shop.bakery.transactions.begin(Caller.background("night_shift")) as transaction:
            row = await bakery.find_bread(transaction.session, bread.uuid)
            row.name = "Stollen"
            transaction.publish(events.BreadBaked(uuid=bread.uuid, item=bakery.label(row)))
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
    async with shop.http("*") as http:
        await http.post("/breads", json={"name": "Rye", "recipe": ""})
        answer = await http.get("/breads")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert answer.json()["fault"] is True
