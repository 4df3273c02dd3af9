"""Answers that say how far the events had got before they were read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import APIRouter, Request, Response

from runtime.auth.attributes import SIGNED_IN
from runtime.errors import Forbidden, Unauthorized
from runtime.events.event import EventPosition
from runtime.http.app import install, new_app
from runtime.http.response import json
from runtime.http.route import CheckedRoutes
from tests.unit.runtime.http.library import open_security
from tests.unit.runtime.http.serving import served


class Feed:
    """A feed that goes on while an operation reads."""

    def __init__(self) -> None:
        self.newest = 7

    def position(self) -> EventPosition:
        return EventPosition(1700, self.newest)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    feed = Feed()
    routes = CheckedRoutes(
        APIRouter(),
        open_security(),
        unauthorized=Unauthorized,
        forbidden=Forbidden,
        position=feed.position,
    )

    @routes.get("/books", "list_books", requires=SIGNED_IN, status=200)
    async def list_books(request: Request) -> Response:
        feed.newest += 1
        return json(200, [])

    @routes.post("/books", "add_book", requires=SIGNED_IN, status=200)
    async def add_book(request: Request) -> Response:
        return json(200, {})

    app = new_app()
    install(app)
    app.include_router(routes.router)
    headers = {"Authorization": "Bearer a"}
    async with served(app) as url, httpx2.AsyncClient(base_url=url, headers=headers) as client:
        yield client


async def test_an_answer_carries_the_position_of_before_it_was_read(
    client: httpx2.AsyncClient,
) -> None:
    assert (await client.get("/books")).headers["event-position"] == "1700-7"
    assert (await client.get("/books")).headers["event-position"] == "1700-8"


async def test_a_change_and_a_refusal_carry_none(client: httpx2.AsyncClient) -> None:
    assert "event-position" not in (await client.post("/books")).headers
    refused = await client.get("/books", headers={"Authorization": ""})
    assert refused.status_code == 401
    assert "event-position" not in refused.headers
