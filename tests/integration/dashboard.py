"""The dashboard that exists, as far as it watches (contract, monitor.md section 8).

It asks for a ticket with its bearer token, and opens a WebSocket with the cookie that came.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from tests.servers.storage_service import StorageServer

COOKIE = "enduro-storage-ws-ticket"


@dataclass(frozen=True)
class Frame:
    """One message of the monitor, as it came."""

    text: str

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text)
        return document

    @property
    def tag(self) -> str:
        tag: str = self.document["value"]["type"]
        return tag

    @property
    def value(self) -> dict[str, Any]:
        value: dict[str, Any] = self.document["value"]["value"]
        return value

    @property
    def item(self) -> dict[str, Any]:
        item: dict[str, Any] = self.value["item"]
        return item

    @property
    def epoch(self) -> int:
        return int(self.document["id"].split("-")[0])

    @property
    def position(self) -> int:
        return int(self.document["id"].split("-")[1])


class Watching:
    """An open WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def frame(self, seconds: float = 10) -> Frame:
        """Wait for the next frame."""
        async with asyncio.timeout(seconds):
            text = await self.socket.recv()
        assert isinstance(text, str)
        return Frame(text)

    async def frames(self, count: int) -> list[Frame]:
        """Wait for so many frames."""
        return [await self.frame() for _ in range(count)]

    async def until(self, tag: str, **item: object) -> list[Frame]:
        """Take frames up to one of this kind whose item says this."""
        taken = []
        while True:
            taken.append(await self.frame())
            if taken[-1].tag == tag and item.items() <= taken[-1].value.get("item", {}).items():
                return taken

    async def closed(self, seconds: float = 10) -> tuple[int, str]:
        """Wait for the end, whatever comes before it; return its code and reason."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    await self.socket.recv()
                except ConnectionClosed as closed:
                    return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


class Dashboard:
    """One server, seen by any number of people."""

    def __init__(self, server: StorageServer) -> None:
        self._server = server
        self._http = httpx2.AsyncClient(base_url=server.url, timeout=20, trust_env=False)
        self.credentials: list[str] = []
        """Every token and ticket that was used or made here."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ask(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> httpx2.Response:
        """Call the service, with every right unless a token is given."""
        token = token or self._server.token("*")
        self.credentials.append(token)
        headers = {"Authorization": f"Bearer {token}"}
        return await self._http.request(method, path, json=body, headers=headers)

    async def fetch(self, path: str, cookie: str) -> httpx2.Response:
        """Follow a link with the cookie of a ticket, as a browser does."""
        return await self._http.get(path, headers={"Cookie": cookie})

    async def ticket(self, *attributes: str, ttl: int = 3600) -> str:
        """Ask for a ticket, and return it."""
        token = self._server.token(*attributes, ttl=ttl)
        answer = await self.ask("POST", "/storage/monitor", token=token)
        assert answer.status_code == 200, answer.text
        cookie, _, value = answer.headers["set-cookie"].split(";")[0].partition("=")
        assert cookie == COOKIE
        self.credentials.append(value)
        return value

    def open(self, ticket: str | None, *, origin: str | None = None) -> connect:
        """Open a WebSocket with a ticket, from a page of the server's own unless said."""
        return connect(
            f"{self._server.url.replace('http', 'ws', 1)}/storage/monitor",
            additional_headers={} if ticket is None else {"Cookie": f"{COOKIE}={ticket}"},
            origin=Origin(origin or self._server.url),
            compression=None,
            proxy=None,
            open_timeout=20,
            # Many sockets are left at once: none should wait for the other side's last word.
            close_timeout=1,
        )

    @asynccontextmanager
    async def watch(self, *attributes: str, ttl: int = 3600) -> AsyncIterator[Watching]:
        """Watch with these rights."""
        async with self.open(await self.ticket(*attributes, ttl=ttl)) as socket:
            yield Watching(socket)

    async def create_location(self, name: str = "shelf", **more: object) -> str:
        """Add a location of that name under the server's folder, and return its identifier."""
        folder = self._server.folder / "locations" / f"{name}-{uuid4()}"
        body = {
            "name": name,
            "source": "filesystem",
            "purpose": "aip_store",
            "config": {"type": "url", "value": {"url": folder.as_uri()}},
            **more,
        }
        answer = await self.ask("POST", "/storage/locations", body)
        assert answer.status_code == 201, answer.text
        uuid: str = answer.json()["uuid"]
        return uuid

    async def create_aip(self, name: str = "letters", **more: object) -> str:
        """Register a package, and return its identifier."""
        uuid = str(uuid4())
        body = {"uuid": uuid, "name": name, "object_key": str(uuid4()), "status": "stored", **more}
        answer = await self.ask("POST", "/storage/aips", body)
        assert answer.status_code == 200, answer.text
        return uuid

    def put(self, uuid: str, content: bytes) -> None:
        """Put the bytes of a package into the internal location, as the ingest side does."""
        file = self._server.folder / "internal" / "aips" / uuid
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
