"""A collection that is loaded once and kept current by events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from types import MappingProxyType
from typing import Generic, TypeVar

from runtime.client.follow import Watching, follow
from runtime.events.event import Event

E = TypeVar("E", bound=Event)
K = TypeVar("K")
T = TypeVar("T")


class Live(Generic[K, T]):
    """What there is, by key, as far as it is known here."""

    def __init__(self) -> None:
        self._items: dict[K, T] = {}
        self._changed = asyncio.Event()
        self._failure: Exception | None = None

    @property
    def items(self) -> Mapping[K, T]:
        """The collection as it is now; a view that goes on changing."""
        return MappingProxyType(self._items)

    async def changed(self) -> None:
        """Wait until something has changed since the last call.

        Raises:
            ServiceError, ClientError: Whatever ended the keeping current.
        """
        await self._changed.wait()
        self._changed.clear()
        if self._failure is not None:
            self._changed.set()
            raise self._failure

    def replace(self, items: Mapping[K, T]) -> None:
        """Take the place of all there was."""
        self._items.clear()
        self._items.update(items)
        self._changed.set()

    def put(self, key: K, item: T) -> None:
        """Take in one item, new or not."""
        self._items[key] = item
        self._changed.set()

    def fail(self, error: Exception) -> None:
        """Say that it is kept current no more."""
        self._failure = error
        self._changed.set()


@asynccontextmanager
async def live(
    load: Callable[[], Awaitable[Iterable[T]]],
    watch: Watching[E],
    *,
    key: Callable[[T], K],
    item: Callable[[E], T | None],
    reset: type[Event],
    first_pause: float = 1.0,
) -> AsyncIterator[Live[K, T]]:
    """Load a collection and keep it current for as long as the block lasts.

    ::

        async with live(load, client.feed, key=isbn, item=book, reset=FeedReset) as books:
            while True:
                show(books.items)
                await books.changed()

    It watches before it loads, so that nothing falls between the two; after a reset it loads
    again.  An item may for a moment be what it was a little before it was loaded.

    Args:
        load: Loads everything.
        watch: The client's method of the stream, as for ``follow``.
        key: What tells items apart.
        item: The item that an event carries; ``None`` if it carries none of these.
        reset: The stream's event that asks to load again.
        first_pause: Seconds before the first new attempt to connect.

    Raises:
        ServiceError, ClientError: The collection cannot be loaded, or not be watched.
    """
    collection: Live[K, T] = Live()
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def keep() -> None:
        async with aclosing(follow(watch, first_pause=first_pause)) as events:
            async for event in events:
                if not ready.done() or isinstance(event, reset):
                    # The first is Hello: from here on nothing is missed.
                    collection.replace({key(each): each for each in await load()})
                    if not ready.done():
                        ready.set_result(None)
                elif (found := item(event)) is not None:
                    collection.put(key(found), found)

    keeping = asyncio.create_task(keep())
    keeping.add_done_callback(lambda task: _ended(task, ready, collection))
    try:
        await ready
        yield collection
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


def _ended(task: asyncio.Task[None], ready: asyncio.Future[None], collection: Live[K, T]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, Exception):
        return
    if ready.done():
        collection.fail(error)
    else:
        ready.set_exception(error)
