"""The monitor on each of the servers that speak ASGI, as processes, over both transports."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection

from runtime.auth.development import DevelopmentTokens
from tests.servers.process import free_port
from tests.unit.runtime.monitor.pond_server import KEY, PondAddress
from tests.unit.runtime.monitor.test_transports import NotLetIn, Watching

ROOT = Path(__file__).resolve().parents[4]
PATIENCE = 60.0
"""Seconds for what happens at once on a machine of its own."""
SERVERS = ("uvicorn", "hypercorn", "granian")


@dataclass(kw_only=True)
class PondProcess(PondAddress):
    """A pond that runs in a process of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def happen(self, *kinds: str) -> None:
        """Commit events of these kinds."""
        httpx2.post(f"{self.http}/happen", json=kinds, timeout=PATIENCE).raise_for_status()

    def watching(self) -> int:
        """How many are served now."""
        count: int = httpx2.get(f"{self.http}/watching", timeout=PATIENCE).json()
        return count

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.happen()
            except httpx2.HTTPError:
                assert self.process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)


def started(server: str, folder: Path) -> PondProcess:
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.runtime.monitor.pond_process", server, str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "POND_DATABASE": str(folder / "pond.db")},
            stdout=log,
            stderr=log,
        )
    tokens = DevelopmentTokens(KEY, audience="pond")
    pond = PondProcess(port=port, tokens=tokens, process=process, log=folder / "log")
    try:
        pond.wait_until_up()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return pond


def end(pond: PondProcess) -> None:
    pond.process.terminate()
    try:
        pond.process.wait(PATIENCE)
    finally:
        pond.process.kill()
        pond.process.wait()


@pytest.fixture(scope="module", params=SERVERS)
def pond(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PondProcess]:
    """A pond on each of the servers; what other tests saw there is in its log."""
    pond = started(request.param, tmp_path_factory.mktemp("pond"))
    yield pond
    end(pond)


@pytest.fixture(params=["websocket", "sse"])
def watching(request: pytest.FixtureRequest) -> Watching:
    return Watching(request.param)


def until_nobody_watches(pond: PondProcess) -> None:
    deadline = time.monotonic() + PATIENCE
    while pond.watching():
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_hello_comes_first_and_then_what_may_be_seen(
    pond: PondProcess, watching: Watching
) -> None:
    async with (
        watching.by_token(pond, "*") as all_of_it,
        watching.by_token(pond, "pond:fish:catch") as some,
    ):
        for frames in (all_of_it, some):
            assert (await frames.one(PATIENCE))["value"] == {"message": "Hello"}
        pond.happen("seen", "caught", "seen")
        seen = [await all_of_it.one(PATIENCE) for _ in range(3)]
        assert [each["type"] for each in seen] == [
            "fish_seen_event",
            "fish_caught_event",
            "fish_seen_event",
        ]
        assert await some.one(PATIENCE) == seen[1]


@pytest.mark.parametrize("how", ["header", "query"])
async def test_who_comes_back_gets_what_was_missed(
    pond: PondProcess, watching: Watching, how: str
) -> None:
    async with watching.by_token(pond, "*") as frames:
        last_id = (await frames.one(PATIENCE))["id"]
    pond.happen("seen", "caught")
    headers = {"Last-Event-ID": last_id} if how == "header" else {}
    asked = pond.asking(last_event_id=last_id) if how == "query" else pond
    async with watching.by_token(asked, "*", headers=headers) as frames:
        assert (await frames.one(PATIENCE))["id"] == last_id
        missed = [(await frames.one(PATIENCE))["type"] for _ in range(2)]
    assert missed == ["fish_seen_event", "fish_caught_event"]


async def test_a_position_that_cannot_be_honoured_is_a_frame(
    pond: PondProcess, watching: Watching
) -> None:
    async with watching.by_token(pond, "*", headers={"Last-Event-ID": "nonsense"}) as frames:
        await frames.one(PATIENCE)
        assert (await frames.one(PATIENCE))["value"] == {"reason": "malformed"}


async def refused(pond: PondAddress, watching: Watching, headers: dict[str, str]) -> int:
    with pytest.raises(NotLetIn) as caught:
        async with watching.by(pond, headers):
            pass
    return caught.value.status


async def test_refusals_have_their_status_on_either_transport(
    pond: PondProcess, watching: Watching
) -> None:
    assert await refused(pond, watching, {}) == 401
    assert await refused(pond, watching, {"Authorization": "Bearer nonsense"}) == 401
    assert await refused(pond.asking(types="none"), watching, pond.bearer("*")) == 400


async def test_a_ticket_opens_once_and_not_to_a_foreign_page(
    pond: PondProcess, watching: Watching
) -> None:
    answer = await pond.ask_for_ticket("*")
    ticket = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    assert await refused(pond, watching, {**ticket, "Origin": "https://elsewhere.test"}) == 403
    async with watching.by(pond, {**ticket, "Origin": pond.http}) as frames:
        assert (await frames.one(PATIENCE))["value"] == {"message": "Hello"}
    assert await refused(pond, watching, ticket) == 401


async def until_closed(client: ClientConnection) -> None:
    async with asyncio.timeout(PATIENCE):
        await client.wait_closed()


async def test_a_websocket_ends_with_its_token_and_says_so(pond: PondProcess) -> None:
    async with pond.watch("*", ttl=3) as client:
        await until_closed(client)
        assert (client.close_code, client.close_reason) == (4001, "authenticate again")


async def test_an_event_stream_ends_with_its_token(pond: PondProcess) -> None:
    async with Watching("sse").by_token(pond, "*", ttl=3) as frames:
        await frames.end(PATIENCE)


async def test_a_client_that_sends_too_much_at_once_is_closed(pond: PondProcess) -> None:
    async with asyncio.timeout(PATIENCE), pond.watch("*") as client:
        await client.send("x" * 5000)
        await client.wait_closed()
        assert client.close_code == 1009
    assert "monitor.flooded" in pond.log.read_text("utf-8")
    until_nobody_watches(pond)


async def test_a_client_that_leaves_is_noticed(pond: PondProcess, watching: Watching) -> None:
    async with watching.by_token(pond, "*") as frames:
        await frames.one(PATIENCE)
        assert pond.watching() == 1
    until_nobody_watches(pond)


@pytest.mark.parametrize(
    ("server", "codes"),
    [
        ("uvicorn", {1012}),
        ("hypercorn", {1011}),
        # It drops its connections; now and then our word is there before.
        ("granian", {1006, 1012}),
    ],
)
async def test_how_a_stop_is_told(server: str, codes: set[int], tmp_path: Path) -> None:
    pond = started(server, tmp_path)
    try:
        async with pond.watch("*") as client:
            await client.recv()
            pond.process.send_signal(signal.SIGTERM)
            await until_closed(client)
            assert client.close_code in codes
    finally:
        end(pond)
