"""Clients that watch everything and come back with their last id, whatever happens to them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from random import Random
from typing import Final

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from generated.clients.python.storage import StorageClient
from generated.storage.events import StorageEvent
from runtime.client.follow import follow
from runtime.client.watch import Watch
from tests.faults.comparison import Seen, document_of, id_of

PING: Final = '{"value":{"type":"storage_ping_event"'
SILENCE: Final = 25.0
"""Seconds without a frame after which a connection is dead (docs/events.md)."""

PASSES: Final = (OSError, WebSocketException, httpx2.HTTPError, TimeoutError)
"""What a client goes on after."""

Address = Callable[[], str]
"""Where to try next, ``http://host:port``."""


def in_turn(*urls: Callable[[], str]) -> Address:
    """Try one process after another."""
    tried = -1

    def next_one() -> str:
        nonlocal tried
        tried += 1
        return urls[tried % len(urls)]()

    return next_one


class Subscriber(ABC):
    """Takes in documents (frames, but for their line end) until it is cancelled."""

    def __init__(
        self,
        name: str,
        address: Address,
        token: Callable[[], str],
        last_id: str | None,
        *,
        silence: float = SILENCE,
    ) -> None:
        self.seen = Seen(name)
        self.last_id = last_id
        self._address = address
        self._token = token
        self.heartbeats = 0
        """How many have come, Hello counted."""
        self._silence = silence
        self._random = Random(name)

    @abstractmethod
    async def run(self) -> None:
        """Watch, and come back whenever that ends."""

    def take(self, document: str) -> None:
        """Take note of a frame."""
        self.last_id = id_of(document)
        if document.startswith(PING):
            self.heartbeats += 1
        else:
            self.seen.take(document)


class PlainSubscriber(Subscriber):
    """A client that somebody wrote after reading docs/events.md."""

    async def run(self) -> None:
        while True:
            url = self._address()
            connected = self.seen.connect(url, self.last_id)
            try:
                async with aclosing(self.documents(url)) as documents:
                    await self._take(documents)
                connected.ended = "ended in good order"
            except PASSES as error:
                connected.ended = repr(error)
            await asyncio.sleep(self._random.uniform(0.02, 0.2))

    @abstractmethod
    def documents(self, url: str) -> AsyncGenerator[str]:
        """Watch one process for as long as that lasts."""

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token()}"}
        return headers if self.last_id is None else {**headers, "Last-Event-ID": self.last_id}

    async def _take(self, documents: AsyncGenerator[str]) -> None:
        asked = self.last_id
        hello = True
        while True:
            async with asyncio.timeout(self._silence):
                document = await anext(documents, None)
            if document is None:
                return
            if hello and asked not in (None, id_of(document)):
                self.seen.faults.append(f"asked to go on from {asked}, but Hello says {document}")
            hello = False
            self.take(document)


class OverWebSocket(PlainSubscriber):
    async def documents(self, url: str) -> AsyncGenerator[str]:
        async with connect(
            f"{url.replace('http', 'ws', 1)}/storage/monitor",
            additional_headers=self.headers,
            compression=None,
            proxy=None,
            close_timeout=1,
        ) as socket:
            async for message in socket:
                assert isinstance(message, str)
                yield message.removesuffix("\n")


class OverSSE(PlainSubscriber):
    async def documents(self, url: str) -> AsyncGenerator[str]:
        async with (
            httpx2.AsyncClient(timeout=SILENCE, trust_env=False) as http,
            http.stream("GET", f"{url}/storage/monitor", headers=self.headers) as answer,
        ):
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    yield line.removeprefix("data: ")


class OverGeneratedClient(Subscriber):
    """The client that `codegen` wrote, with the `follow` of its runtime: it comes back by itself."""

    async def run(self) -> None:
        clients: dict[str, StorageClient] = {}
        watch: Watch[StorageEvent] | None = None

        def open_watch(*, last_id: str | None = None) -> Watch[StorageEvent]:
            nonlocal watch
            url = self._address()
            self.seen.connect(url, last_id)
            client = clients.setdefault(url, StorageClient(url, token=self._token))
            watch = client.monitor(last_id=last_id)
            return watch

        try:
            async with aclosing(
                follow(open_watch, last_id=self.last_id, first_pause=0.2, longest_pause=1)
            ) as events:
                async for event in events:
                    assert watch is not None
                    assert watch.last_id is not None
                    self.take(document_of(event.tag, event.to_json(), watch.last_id))
        finally:
            for client in clients.values():
                await client.aclose()


@asynccontextmanager
async def running(subscribers: Sequence[Subscriber]) -> AsyncIterator[Callable[[], None]]:
    """Let subscribers run; what is handed out fails as soon as one of them has given up."""
    tasks = [asyncio.create_task(each.run()) for each in subscribers]

    def check() -> None:
        for task in tasks:
            if task.done():
                task.result()

    try:
        yield check
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
