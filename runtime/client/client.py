"""The base of every generated client."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from email.message import Message
from types import TracebackType
from typing import Any, ClassVar, Self, TypeAlias, TypeVar

import httpx2

from runtime.client.answers import failure, result, ticket
from runtime.client.call import Call, Ticket, Values
from runtime.client.download import Download
from runtime.client.errors import UnexpectedAnswer, Unreachable
from runtime.client.values import document, fill, pairs
from runtime.client.watch import Feed, Transport, Watch
from runtime.events.event import Event
from runtime.model import ABSENT

T = TypeVar("T")
E = TypeVar("E", bound=Event)

Token: TypeAlias = str | Callable[[], str | Awaitable[str]] | None
"""A bearer token, or a function that is asked for one before each request; ``None`` for none."""


class Client:
    """Talks to a service; to be used in ``async with``, or closed with :meth:`aclose`.

    Every operation raises the errors that its design declares, ``UnexpectedAnswer`` for any other
    answer, and ``Unreachable`` when there is none (``runtime.client.errors``).  ``timeout`` is in
    seconds, for each of connecting, sending and waiting for the next bytes.  Streams come over a
    WebSocket, or with ``transport="sse"`` as server-sent events, which pass where a proxy lets no
    WebSocket through; they show the same either way.  ``http`` is an HTTP
    client to use instead of one of our own; it is not closed, and brings its own timeouts.

    The methods for generated classes begin with an underscore: a design may have an operation of
    any name.
    """

    error_header: ClassVar[str | None] = None
    """The response header that carries the name of a declared error."""

    def __init__(
        self,
        base_url: str,
        *,
        token: Token = None,
        timeout: float = 10.0,
        transport: Transport = "websocket",
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._transport = transport
        self._owns_http = http is None
        self._http = http or _new_http(timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._owns_http:
            await self._http.aclose()

    async def _call(self, call: Call[T]) -> T:
        """Call an operation and return its result."""
        response = await self._answer(call)
        nothing: Any = None
        return nothing if call.returns is None else result(response, call)

    async def _issue(self, call: Call[Ticket | None], cookie: str) -> Ticket | None:
        """Ask for a ticket, which comes in a cookie; ``None`` when access control is off."""
        return ticket(await self._answer(call), cookie)

    @asynccontextmanager
    async def _fetch(
        self, call: Call[Download], ticket: Ticket | None = None
    ) -> AsyncIterator[Download]:
        """Call an operation whose result is a file, which is read inside of the ``async with``."""
        response = await self._send(call, ticket=ticket, stream=True)
        try:
            if response.status_code != call.status:
                await response.aread()
                raise failure(response, call, self.error_header)
            yield _file(response)
        finally:
            await response.aclose()

    def _watch(
        self,
        feed: Feed[E],
        *,
        types: Iterable[str] | None = None,
        subject: str | None = None,
        last_id: str | None = None,
    ) -> Watch[E]:
        """Watch a stream, or the part of it that is asked for."""
        wanted: Values = {
            "types": None if types is None else ",".join(types),
            "subject": subject,
        }
        return Watch(self, feed, wanted, last_id)

    async def _answer(self, call: Call[Any]) -> httpx2.Response:
        """Return the answer of success.

        Raises:
            ServiceError: One of those declared.
            UnexpectedAnswer: Any other answer.
            Unreachable: There is none.
        """
        response = await self._send(call)
        if response.status_code != call.status:
            raise failure(response, call, self.error_header)
        return response

    async def _send(
        self,
        call: Call[Any],
        *,
        ticket: Ticket | None = None,
        stream: bool = False,
        silence_seconds: float | None = None,
    ) -> httpx2.Response:
        """Send a request, with a ticket if there is one and with the token if there is none.

        ``silence_seconds`` is how long the answer may pause, where that is not as for any other.
        """
        headers = dict(pairs(call.header))
        crumbs = [f"{name}={value}" for name, value in pairs(call.cookie)]
        if ticket is not None:
            crumbs.append(f"{ticket.cookie}={ticket.value}")
        elif token := await self._fresh_token():
            headers["authorization"] = f"Bearer {token}"
        if crumbs:
            headers["cookie"] = "; ".join(crumbs)
        if call.body is not ABSENT:
            headers["content-type"] = "application/json"
        request = self._http.build_request(
            call.method,
            self._base_url + fill(call.template, call.path),
            params=httpx2.QueryParams(tuple(pairs(call.query))),
            headers=headers,
            content=None if call.body is ABSENT else document(call.body),
        )
        if silence_seconds is not None:
            request.extensions["timeout"] = {
                **request.extensions["timeout"],
                "read": silence_seconds,
            }
        try:
            return await self._http.send(request, stream=stream)
        except httpx2.TransportError as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{call.method} {self._base_url}{call.template}: {reason}") from error

    async def _fresh_token(self) -> str | None:
        token = self._token() if callable(self._token) else self._token
        return await token if inspect.isawaitable(token) else token


def _new_http(timeout: float) -> httpx2.AsyncClient:
    # A stream holds its connection for as long as it is watched: no limit on their number.
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx2.AsyncClient(timeout=timeout, limits=limits)


def _file(response: httpx2.Response) -> Download:
    headers = Message()
    for name in ("content-type", "content-disposition"):
        headers[name] = response.headers.get(name, "")
    try:
        length = int(response.headers["content-length"])
    except (KeyError, ValueError) as error:
        raise UnexpectedAnswer(response.status_code, b"", "a file without its length") from error
    return Download(
        content=response.aiter_bytes(),
        length=length,
        filename=headers.get_filename() or "",
        media_type=headers.get_content_type(),
    )
