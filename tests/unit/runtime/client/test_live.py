from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest

from runtime.client.errors import UnexpectedFrame
from runtime.client.live import Live, live
from runtime.client.watch import Transport
from tests.unit.runtime.client.conftest import Listener, Tower
from tests.unit.runtime.client.library_client import Bell, BookAdded, LibraryClient, LibraryEvent
from tests.unit.runtime.client.test_watch import frame
from tests.unit.runtime.http.library import BOOK, Book, Unauthorized

OTHER = UUID(int=2)


@pytest.fixture(params=["websocket", "sse"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Either."""
    transport: Transport = request.param
    return transport


class Shelves:
    """What a listing shows, and how often it was asked for."""

    def __init__(self, *titles: str) -> None:
        self.titles = titles
        self.loaded = 0

    async def load(self) -> list[Book]:
        self.loaded += 1
        return [Book(title=title, uuid=UUID(int=n)) for n, title in enumerate(self.titles, 1)]


def of(event: LibraryEvent) -> Book | None:
    return event.item if isinstance(event, BookAdded) else None


def added(title: str, uuid: UUID, position: int) -> str:
    book = {"title": title, "uuid": str(uuid)}
    return frame("book_added", {"uuid": str(uuid), "item": book}, f"7-{position}")


def rung(message: str, position: int) -> str:
    return frame("bell", {"message": message}, f"7-{position}")


def titles(books: Live[UUID | None, Book]) -> list[str]:
    return [book.title for book in books.items.values()]


async def until_there_are(books: Live[UUID | None, Book], wanted: list[str]) -> None:
    async with asyncio.timeout(5):
        while titles(books) != wanted:
            await books.changed()


def says(tower: Tower, *frames: str) -> asyncio.Event:
    """Say the first frame at once and the others when told."""
    go = asyncio.Event()

    async def ring(listener: Listener) -> None:
        await listener.send_text(frames[0])
        await go.wait()
        for text in frames[1:]:
            await listener.send_text(text)
        await listener.receive()

    tower.ring = ring
    return go


async def test_it_is_loaded_once_and_kept_current(client: LibraryClient, tower: Tower) -> None:
    shelves = Shelves("Emma", "Ivanhoe")
    go = says(tower, rung("Hello", 1), added("Ivanhoe II", OTHER, 2), added("Persuasion", BOOK, 3))
    async with live(
        shelves.load, client.bells, key=lambda book: book.uuid, item=of, reset=Bell
    ) as books:
        assert titles(books) == ["Emma", "Ivanhoe"]
        go.set()
        await until_there_are(books, ["Emma", "Ivanhoe II", "Persuasion"])
    assert shelves.loaded == 1


async def test_it_is_loaded_again_on_a_reset(client: LibraryClient, tower: Tower) -> None:
    shelves = Shelves("Emma")
    go = says(tower, rung("Hello", 1), rung("lost", 9))
    async with live(
        shelves.load, client.bells, key=lambda book: book.uuid, item=of, reset=Bell
    ) as books:
        shelves.titles = ("Ivanhoe",)
        go.set()
        await until_there_are(books, ["Ivanhoe"])
    assert shelves.loaded == 2


async def test_who_may_not_watch_is_told_at_once(address: str, transport: Transport) -> None:
    async with LibraryClient(address, token="", transport=transport) as stranger:
        with pytest.raises(Unauthorized):
            async with live(
                Shelves().load, stranger.bells, key=lambda book: book.uuid, item=of, reset=Bell
            ):
                pass


async def test_what_ends_the_keeping_is_told_to_who_waits(
    client: LibraryClient, tower: Tower
) -> None:
    go = says(tower, rung("Hello", 1), json.dumps({"value": {"type": "book_added", "value": 1}}))
    async with live(
        Shelves().load, client.bells, key=lambda book: book.uuid, item=of, reset=Bell
    ) as books:
        await books.changed()
        go.set()
        with pytest.raises(UnexpectedFrame):
            await books.changed()
