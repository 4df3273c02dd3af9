"""A small design, written by hand as the generator would: a library that lends books."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from fastapi import APIRouter, FastAPI, Header, Path, Query, Request, Response, WebSocket
from pydantic import Field, StrictBool, StrictStr

from runtime.auth.attributes import ANYONE, SIGNED_IN, Attributes, all_of
from runtime.auth.claims import Claims
from runtime.auth.tickets.memory import MemoryTicketStore
from runtime.auth.tickets.ticket import Tickets, TicketScheme
from runtime.auth.tokens import InvalidToken
from runtime.download import Download
from runtime.errors import BodyError, ConstantError, MessageError
from runtime.http.app import install, new_app
from runtime.http.file import file
from runtime.http.response import empty, json
from runtime.http.route import CheckedRoutes, caller
from runtime.http.security import Security
from runtime.http.tickets import issue_ticket
from runtime.model import Date, DateTime, Float64, Int64, Model, NonNilUUID, is_none

BOOK = UUID("11111111-1111-4111-8111-111111111111")
SCAN_TICKET = TicketScheme(name="scan", cookie="library-scan", seconds=5)


class Genre(StrEnum):
    NOVEL = "novel"
    PLAY = "stage play"


class Shelf(Model):
    room: StrictStr


class OnShelf(Model):
    type: Literal["shelf"]
    value: Shelf


class Lent(Model):
    type: Literal["lent"]
    value: dict[str, Int64]


class Book(Model):
    title: Annotated[StrictStr, Field(max_length=10)]
    uuid: NonNilUUID
    genre: Genre = Genre.NOVEL
    isbn: Annotated[StrictStr | None, Field(pattern="^[0-9]+$", exclude_if=is_none)] = None
    pages: Annotated[Int64 | None, Field(ge=1, exclude_if=is_none)] = None
    place: Annotated[OnShelf | Lent | None, Field(discriminator="type", exclude_if=is_none)] = None
    tags: Annotated[list[StrictStr] | None, Field(exclude_if=is_none)] = None
    printed: Annotated[Date | None, Field(exclude_if=is_none)] = None
    bought_at: Annotated[DateTime | None, Field(exclude_if=is_none)] = None
    price: Annotated[Float64 | None, Field(exclude_if=is_none)] = None
    rare: Annotated[StrictBool | None, Field(exclude_if=is_none)] = None


class Gone(Model):
    message: StrictStr
    uuid: UUID


class Unauthorized(ConstantError):
    name: ClassVar[str] = "unauthorized"
    status: ClassVar[int] = 401
    body: ClassVar[str] = "Unauthorized"


class Forbidden(ConstantError):
    name: ClassVar[str] = "forbidden"
    status: ClassVar[int] = 403
    body: ClassVar[str] = "Forbidden"


class NotFound(BodyError[Gone]):
    name: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404
    body_type: ClassVar[type[Model]] = Gone


class NotAvailable(MessageError):
    name: ClassVar[str] = "not_available"
    status: ClassVar[int] = 409


class InternalError(MessageError):
    name: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500


ACCESS = (Unauthorized, Forbidden)


class KnownTokens:
    """Tokens that are the attributes they stand for, joined by plus signs."""

    async def verify(self, token: str) -> Claims:
        if not token or token == "bad":
            raise InvalidToken("no good token")
        return Claims(subject="ann", attributes=Attributes.of(token.split("+")))


class Library:
    """What the operations saw, and what they are told to raise."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def call(self, request: Request, **values: Any) -> None:
        self.calls.append({"caller": caller(request), **values})
        if self.error is not None:
            raise self.error


def open_security() -> Security:
    return Security(KnownTokens(), Tickets(MemoryTicketStore()))


def library_router(
    library: Library, security: Security, error_header: str | None = "library-error"
) -> APIRouter:
    routes = CheckedRoutes(
        APIRouter(prefix="/library"),
        security,
        unauthorized=Unauthorized,
        forbidden=Forbidden,
        error_header=error_header,
    )
    _books(routes, library)
    _scans(routes, library, security)
    return routes.router


def _books(routes: CheckedRoutes, library: Library) -> None:
    @routes.get("/books", "list_books", requires=all_of("books:list"), status=200, errors=ACCESS)
    async def list_books(
        request: Request,
        query: Annotated[str | None, Query()] = None,
        genre: Annotated[Genre | None, Query()] = None,
        since: Annotated[DateTime | None, Query()] = None,
        limit: Annotated[int | None, Query()] = None,
        price: Annotated[float | None, Query()] = None,
        rare: Annotated[bool | None, Query()] = None,
        tag: Annotated[list[str] | None, Query()] = None,
        year: Annotated[list[int] | None, Query()] = None,
    ) -> Response:
        given = {
            "query": query,
            "genre": genre,
            "since": since,
            "limit": limit,
            "price": price,
            "rare": rare,
            "tag": tag,
            "year": year,
        }
        library.call(request, **{name: value for name, value in given.items() if value is not None})
        return json(200, [Book(title="Emma", uuid=BOOK)])

    @routes.get("/search", "search", requires=SIGNED_IN, status=200)
    async def search(
        request: Request,
        words: Annotated[str, Query()],
        page: Annotated[int, Query(ge=1)],
        x_reader: Annotated[str | None, Header()] = None,
        limit: Annotated[int, Query()] = 20,
    ) -> Response:
        library.call(request, words=words, page=page, x_reader=x_reader, limit=limit)
        return json(200, [])

    @routes.post(
        "/books", "add_book", requires=all_of("books:add"), status=201, returns=Book, errors=ACCESS
    )
    async def add_book(request: Request, body: Book) -> Response:
        library.call(request, body=body)
        return json(201, body)

    @routes.get(
        "/books/{uuid}",
        "show_book",
        requires=SIGNED_IN,
        status=200,
        returns=Book,
        errors=(*ACCESS, NotFound, NotAvailable),
    )
    async def show_book(request: Request, uuid: Annotated[UUID, Path()]) -> Response:
        library.call(request, uuid=uuid)
        return json(200, Book(title="Emma", uuid=uuid))

    @routes.patch("/books/{uuid}", "change_book", requires=SIGNED_IN, status=200)
    async def change_book(
        request: Request,
        body: Book,
        uuid: Annotated[UUID, Path()],
        limit: Annotated[int | None, Query()] = None,
    ) -> Response:
        library.call(request, body=body, uuid=uuid, limit=limit)
        return empty(200)

    @routes.post("/hold", "hold", requires=SIGNED_IN, status=202)
    async def hold(request: Request, body: Shelf | None = None) -> Response:
        library.call(request, body=body)
        return empty(202)

    @routes.get("/hours", "hours", requires=ANYONE, status=200)
    async def hours(request: Request) -> Response:
        library.call(request)
        return json(200, {"from": 9, "to": 17})


def _scans(routes: CheckedRoutes, library: Library, security: Security) -> None:
    @routes.post(
        "/books/{uuid}/scan",
        "request_scan",
        requires=all_of("books:scan"),
        status=200,
        errors=(*ACCESS, InternalError),
    )
    async def request_scan(request: Request, uuid: Annotated[UUID, Path()]) -> Response:
        library.call(request, uuid=uuid)
        return await issue_ticket(request, security, SCAN_TICKET, str(uuid))

    @routes.get(
        "/books/{uuid}/scan",
        "scan",
        requires=all_of("books:scan"),
        status=200,
        errors=(Unauthorized,),
        ticket=SCAN_TICKET,
        head=True,
    )
    async def scan(request: Request, uuid: Annotated[UUID, Path()]) -> Response:
        library.call(request, uuid=uuid)
        return await file(request, 200, Download(pages, 10, "Emma.pdf", "application/pdf", '"1"'))

    @routes.router.websocket("/watch")
    async def watch(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()


async def pages(start: int, stop: int) -> AsyncGenerator[bytes, None]:
    for page in (b"12345", b"67890"):
        await asyncio.sleep(0)
        yield page[max(start, 0) : max(stop, 0)]
        start, stop = start - len(page), stop - len(page)


def library_app(library: Library, security: Security | None = None, **options: Any) -> FastAPI:
    app = new_app()
    app.include_router(library_router(library, security or open_security()))
    install(app, **options)
    return app
