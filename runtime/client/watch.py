"""A stream of events, over either transport, as an async iterator."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Final, Generic, Literal, Self, TypeAlias, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from runtime.client.call import Call, Ticket, Values
from runtime.client.connection import Connection
from runtime.client.errors import UnexpectedFrame
from runtime.client.event_stream import EventStreamConnection
from runtime.client.websocket import WebSocketConnection
from runtime.errors import ServiceError
from runtime.events.event import Event

if TYPE_CHECKING:
    from runtime.client.client import Client

E = TypeVar("E", bound=Event)

Transport: TypeAlias = Literal["websocket", "sse"]
"""How streams come: over a WebSocket, or as server-sent events."""

CONNECTIONS: Final[Mapping[Transport, type[Connection]]] = {
    "websocket": WebSocketConnection,
    "sse": EventStreamConnection,
}


@dataclass(frozen=True)
class Feed(Generic[E]):
    """A stream of the design.

    ``events`` are the classes of its events, by tag.  ``ticket`` is the call that issues a ticket
    to it and ``cookie`` the cookie that this comes in; a stream without them takes the token.
    """

    path: str
    events: Mapping[str, type[E]]
    ticket: Call[Ticket | None] | None = None
    cookie: str = ""
    errors: tuple[type[ServiceError], ...] = ()


class Watch(Generic[E]):
    """Watches a stream.

    ::

        async with client.monitor() as events:      # connected from here on
            async for event in events:
                ...

    It may also be iterated over without ``async with``: it connects then when the iteration
    starts, and closes when the iteration is left.  Events of a kind that this client does not know
    are passed over.  The iteration ends with ``StreamEnded`` when the other side closes, and just
    ends after :meth:`aclose`.
    """

    def __init__(self, client: Client, feed: Feed[E], wanted: Values, last_id: str | None) -> None:
        self._events = feed.events
        self._last_id = last_id
        self._held = False
        self._connection = CONNECTIONS[client._transport](client, feed, wanted, last_id)

    @property
    def last_id(self) -> str | None:
        """The position up to which this iterator has been served, once it has been told one."""
        return self._last_id

    async def __aenter__(self) -> Self:
        self._held = True
        await self._connection.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[E]:
        return self if self._held else self._until_left()

    async def __anext__(self) -> E:
        """Return the next event.

        Raises:
            StreamEnded: The other side has closed.
            UnexpectedFrame: A frame cannot be understood; the one after it may be.
        """
        await self._connection.open()
        while True:
            frame = await self._connection.frame()
            if frame is None:
                raise StopAsyncIteration
            event = self._event(frame)
            if event is not None:
                return event

    async def aclose(self) -> None:
        """Say goodbye and close the connection."""
        await self._connection.close()

    async def _until_left(self) -> AsyncGenerator[E, None]:
        try:
            while True:
                try:
                    event = await self.__anext__()
                except StopAsyncIteration:
                    return
                yield event
        finally:
            await self.aclose()

    def _event(self, frame: str) -> E | None:
        """Return the event of a frame; ``None`` for one of a kind that is not known here."""
        try:
            envelope = from_json(frame)
            tag, payload = envelope["value"]["type"], envelope["value"]["value"]
            position = envelope.get("id")
            kind = self._events.get(tag)
            event = None if kind is None else kind.model_validate(payload)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise UnexpectedFrame(f"a frame cannot be understood: {_sentence(error)}") from error
        if isinstance(position, str):
            self._last_id = position
        return event


def _sentence(error: Exception) -> str:
    """Say what is wrong with a frame, without repeating what is in it."""
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
    return repr(error)
