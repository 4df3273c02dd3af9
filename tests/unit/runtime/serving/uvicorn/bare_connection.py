"""A connection of bytes, for what no client would send."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from tests.unit.runtime.monitor.pond_server import PondServer


async def answer(pond: PondServer, *parts: bytes) -> bytes:
    """Send some bytes, and return all that comes until the server closes the connection."""
    address = urlsplit(pond.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()
