"""What the system is told of a connection's socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final

from runtime.monitor.delivery import AT_ONCE_BYTES

FLUSH_SECONDS: Final = 0.5
"""How long a closing connection may take to swallow what is written, at shutdown."""
INTERNET: Final = (socket.AF_INET, socket.AF_INET6)
"""The families of addresses that TCP is spoken over."""
USER_TIMEOUT: Final[int | None] = getattr(socket, "TCP_USER_TIMEOUT", None)
"""The socket option, on Linux."""
SEND_BUFFER: Final = AT_ONCE_BYTES
"""How much of a stream the system may keep for a client that has not read it, in bytes.  Left to
itself it keeps megabytes, for every client that stalls."""
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""What SO_LINGER takes for: forget what was not read."""


def send_at_once(transport: asyncio.Transport) -> None:
    """Send what is written as it is written (TCP_NODELAY).

    Otherwise the body of an answer stays here until the client says that it has the head, for which
    Linux takes 40 ms.  asyncio sees to it by itself only where the listening socket was told that
    it is TCP's, which not even ``socket.create_server`` does.
    """
    line = transport.get_extra_info("socket")
    if line.family in INTERNET:
        with suppress(OSError):  # It is closed already.
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def keep_little(transport: asyncio.Transport) -> None:
    """Let the system keep little of what the other end has not read."""
    with suppress(OSError):
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER
        )


def drop(transport: asyncio.Transport) -> None:
    """End a connection, and have the system forget what was not read.

    Otherwise it would go on to deliver that, and keep it for as long as the client takes a byte
    now and then.
    """
    with suppress(OSError):
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()


def drop_if_untaken(transport: asyncio.Transport, seconds: float) -> None:
    """Have the system drop a connection that takes nothing of what is written for so long.

    Only where it has TCP_USER_TIMEOUT (RFC 5482).  Since 5.11 Linux ends a connection by it, too, whose other
    end answers but takes nothing.
    """
    line = transport.get_extra_info("socket")
    if line.family in INTERNET and USER_TIMEOUT is not None:
        with suppress(OSError):  # It is closed already.
            line.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, int(seconds * 1000))
