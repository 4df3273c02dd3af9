"""An identity provider that does whatever a test wants: lies, stalls, floods, goes away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.servers.process import free_port

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"

SigningKey = ECKey | RSAKey
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def says(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    """Answer with these bytes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = {"content-length": str(len(body)), **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)
        await writer.drain()

    return answer


def document(value: object) -> Answer:
    """Answer with JSON."""
    return says(json.dumps(value).encode(), content_type="application/json")


def redirect(location: str) -> Answer:
    """Send the caller elsewhere."""
    return says(b"", "302 Found", location=location)


async def silence(_writer: asyncio.StreamWriter) -> None:
    """Take the question and never answer."""
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    """Answer one byte at a time, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def flood(writer: asyncio.StreamWriter) -> None:
    """Answer with more than anybody wants, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


class HostileProvider:
    """Publishes `keys` at first, and then what a test puts into `answers`, by path."""

    def __init__(self, *keys: SigningKey) -> None:
        self.port = free_port()
        self.keys = list(keys)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def discovery(self) -> dict[str, Any]:
        """What an honest provider says of itself, and a careless one: HS256 is among it."""
        return {
            "issuer": self.issuer,
            "jwks_uri": self.issuer + KEYS,
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        }

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, at the same address each time."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Be gone, and cut whoever is connected."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def token(
        self, key: SigningKey | None = None, header: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """A token of this issuer for the archive; what is None is left out."""
        key = key or self.keys[0]
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        claims = {"iss": self.issuer, "aud": "archive", "sub": "ann", "exp": 4_000_000_000}
        claims |= {"email_verified": True, "rights": ["read"], **changes}
        header = {"alg": algorithm, "kid": key.kid, **(header or {})}
        return jwt.encode(_said(header), _said(claims), key, algorithms=[algorithm])

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split()[1].decode()
                self.asked.append(path)
                await self._answer(path)(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the caller has had enough
        finally:
            writer.close()

    def _answer(self, path: str) -> Answer:
        if path in self.answers:
            return self.answers[path]
        if path == DISCOVERY:
            return document(self.discovery)
        if path == KEYS:
            return document({"keys": [key.as_dict(private=False) for key in self.keys]})
        return says(b"", "404 Not Found")


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
