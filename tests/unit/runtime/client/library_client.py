"""A client of the library, written by hand as the generator would."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pydantic import StrictStr

from runtime.client.call import Call, Ticket
from runtime.client.client import Client
from runtime.client.download import Download
from runtime.client.watch import Feed, Watch
from runtime.events.event import Event
from tests.unit.runtime.http.library import (
    ACCESS,
    SCAN_TICKET,
    Book,
    Genre,
    InternalError,
    NotAvailable,
    NotFound,
    Shelf,
    Unauthorized,
)


class BookAdded(Event):
    tag: ClassVar[Literal["book_added"]] = "book_added"
    subject_field: ClassVar[str] = "uuid"

    uuid: UUID
    item: Book


class Bell(Event):
    tag: ClassVar[Literal["bell"]] = "bell"

    message: StrictStr


LibraryEvent: TypeAlias = BookAdded | Bell
EVENT_BY_TAG: dict[str, type[LibraryEvent]] = {"book_added": BookAdded, "bell": Bell}


class LibraryClient(Client):
    error_header = "library-error"

    async def list_books(
        self,
        *,
        query: str | None = None,
        genre: Genre | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        rare: bool | None = None,
        tag: list[str] | None = None,
    ) -> list[Book]:
        return await self._call(
            Call[list[Book]](
                "GET",
                "/library/books",
                query={
                    "query": query,
                    "genre": genre,
                    "since": since,
                    "limit": limit,
                    "rare": rare,
                    "tag": tag,
                },
                status=200,
                returns=list[Book],
                errors=ACCESS,
            )
        )

    async def add_book(self, body: Book) -> Book:
        return await self._call(
            Call[Book]("POST", "/library/books", body=body, status=201, returns=Book, errors=ACCESS)
        )

    async def show_book(self, *, uuid: UUID | str) -> Book:
        return await self._call(
            Call[Book](
                "GET",
                "/library/books/{uuid}",
                path={"uuid": uuid},
                status=200,
                returns=Book,
                errors=(*ACCESS, NotFound, NotAvailable),
            )
        )

    async def hold(self, body: Shelf | None = None) -> None:
        await self._call(Call[None]("POST", "/library/hold", body=body, status=202))

    async def request_scan(self, *, uuid: UUID) -> Ticket | None:
        return await self._issue(
            Call[Ticket | None](
                "POST",
                "/library/books/{uuid}/scan",
                path={"uuid": uuid},
                status=200,
                errors=(*ACCESS, InternalError),
            ),
            SCAN_TICKET.cookie,
        )

    def scan(self, ticket: Ticket | None, *, uuid: UUID) -> AbstractAsyncContextManager[Download]:
        return self._fetch(
            Call[Download](
                "GET",
                "/library/books/{uuid}/scan",
                path={"uuid": uuid},
                status=200,
                errors=(Unauthorized,),
            ),
            ticket,
        )

    def bells(
        self,
        *,
        types: Iterable[str] | None = None,
        subject: str | None = None,
        last_id: str | None = None,
    ) -> Watch[LibraryEvent]:
        office = Call[Ticket | None]("POST", "/library/bells", status=200, errors=ACCESS)
        feed = Feed[LibraryEvent](
            "/library/bells", EVENT_BY_TAG, office, "library-bells", (Unauthorized,)
        )
        return self._watch(feed, types=types, subject=subject, last_id=last_id)

    def bells_by_token(self) -> Watch[LibraryEvent]:
        return self._watch(Feed[LibraryEvent]("/library/bells", EVENT_BY_TAG))
