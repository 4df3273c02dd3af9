"""The bakery of ``tests/bakery``: generated in a temporary folder, imported from there, served.

Nothing is known of the types of its modules before they exist, so they are ``Any`` here; the
bakery's own code is checked against them by a test.
"""

from __future__ import annotations

import asyncio
import importlib
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from codegen.cli import main as codegen
from runtime.serving.server import serve
from tests.tutorial import GENERATE

SOURCE = Path(__file__).resolve().parents[1] / "bakery"


@dataclass(frozen=True)
class Built:
    """The bakery's folder, and its modules."""

    folder: Path

    def __getattr__(self, name: str) -> Any:
        places = {
            "bakery": "bakery",
            "shop": "shop",
            "watch": "watch",
            "client": "bakery_api.clients.python.bakery",
        }
        return importlib.import_module(places.get(name, f"bakery_api.bakery.{name}"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The bakery, generated.  Its oven beats faster, so that no test has to wait 10 seconds."""
    folder = tmp_path_factory.mktemp("bakery")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=ignored)
    window = folder / "design" / "window.yaml"
    window.write_text(window.read_text().replace("every: 10s", "every: 300ms"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert codegen(GENERATE) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        before = set(sys.modules)
        yield Built(folder)
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in ("bakery", "bakery_api", "shop", "watch"):
                del sys.modules[name]


@dataclass(frozen=True)
class Shop:
    """The bakery, open."""

    built: Built
    address: str
    bakery: Any
    tokens: Any
    http: httpx2.AsyncClient

    def client(self, *attributes: str) -> Any:
        """A generated client of somebody with these attributes."""
        token = self.tokens.mint(attributes=attributes)
        return self.built.client.BakeryClient(self.address, token=token, http=self.http)

    async def ask(
        self, method: str, path: str, *attributes: str, **request: Any
    ) -> httpx2.Response:
        """Ask without the generated client, as somebody with these attributes."""
        headers = {"authorization": f"Bearer {self.tokens.mint(attributes=attributes)}"}
        return await self.http.request(method, self.address + path, headers=headers, **request)

    def loaf(self, name: str = "Rye", **more: Any) -> Any:
        """A bread to bake."""
        return self.built.models.BakeBread(name=name, recipe=f"# {name}\nFlour, time.\n", **more)

    def wish(self, bread_uuid: UUID, **more: Any) -> Any:
        """An order to place."""
        wanted = {"collect_at": None, **more}
        return self.built.models.PlaceOrder(bread_uuid=bread_uuid, **wanted)


@pytest.fixture
async def shop(built: Built, tmp_path: Path) -> AsyncIterator[Shop]:
    """The bakery behind a socket, with empty shelves."""
    async with built.shop.open_bakery(tmp_path) as bakery:
        tokens = built.shop.open_tokens(tmp_path)
        async with (
            opened(built.shop, bakery, tokens) as address,
            httpx2.AsyncClient(verify=False) as http,  # which takes 50 ms, and nothing is verified
        ):
            yield Shop(built, address, bakery, tokens, http)


@pytest.fixture
def baker(shop: Shop) -> Any:
    """The client of somebody who may do everything."""
    return shop.client("*")


@asynccontextmanager
async def opened(shop: Any, bakery: Any, tokens: Any) -> AsyncIterator[str]:
    """Serve a bakery as its own ``run`` does, on a free port."""
    security = shop.secured(tokens)
    app = shop.application(bakery, security)
    async with served(app, drain=security.places.drain) as address:
        yield address


@asynccontextmanager
async def served(app: Any, **options: Any) -> AsyncIterator[str]:
    """Serve on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    started = asyncio.Event()
    serving = asyncio.create_task(serve(app, listener, started=started.set, **options))
    await started.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        serving.cancel()
        await asyncio.wait([serving])
