from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest
from fastapi import FastAPI

from tests.unit.runtime.http.library import Library, library_app

Connect = Callable[[FastAPI], httpx2.AsyncClient]


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """A way to talk to an application; what it opens is closed after the test."""
    async with AsyncExitStack() as stack:

        def client(app: FastAPI) -> httpx2.AsyncClient:
            transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
            opened = httpx2.AsyncClient(
                transport=transport, base_url="http://library", timeout=5, trust_env=False
            )
            stack.push_async_callback(opened.aclose)
            return opened

        yield client


@pytest.fixture
def client(library: Library, connect: Connect) -> httpx2.AsyncClient:
    """A reader who holds every attribute."""
    opened = connect(library_app(library))
    opened.headers["Authorization"] = "Bearer *"
    return opened


@pytest.fixture
def stranger(library: Library, connect: Connect) -> httpx2.AsyncClient:
    """Somebody without a token."""
    return connect(library_app(library))
