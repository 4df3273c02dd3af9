"""So many watchers of a service, half of them over each transport, which take whatever comes.

Started by ``bench.operations``.  They are another machine in real life: here they get the time that
nobody else wants.  They offer to take it compressed, as browsers do, unless they are told not to
(``--plain``).

Run: ``python -m bench.watchers http://127.0.0.1:9000``; reads their tokens, one a line, and says
``ready`` once all are served.
"""

from __future__ import annotations

import os
import re
import resource
import select
import socket
import sys
from typing import Final
from urllib.parse import urlsplit

UPGRADE: Final = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
DEFLATE: Final = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
GZIP: Final = b"Accept-Encoding: gzip, deflate, br\r\n"
PING: Final = re.compile(rb"\x89\x04(.{4})(?=[\x81\xc1]|\Z)", re.DOTALL)
"""A ping, and how the next message begins.  Compressed data may look like that by chance, and the pong
to what was none is passed over."""
PONG: Final = b"\x8a\x84\0\0\0\0"
NICE: Final = 10


def watch(address: tuple[str, int], token: str, headers: bytes) -> socket.socket:
    watcher = socket.create_connection(address, 30)
    watcher.sendall(
        b"GET /storage/monitor HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %b\r\n%b\r\n"
        % (token.encode(), headers)
    )
    received = b""
    while b"Hello" not in received:
        received += watcher.recv(4096)
    watcher.setblocking(False)
    return watcher


def main() -> None:
    url, *options = sys.argv[1:]
    plain = "--plain" in options
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    address = urlsplit(url).hostname or "", urlsplit(url).port or 0
    watchers = {}
    for number, line in enumerate(sys.stdin):
        upgrades = number % 2 == 0
        headers = UPGRADE + (b"" if plain else DEFLATE) if upgrades else b"" if plain else GZIP
        watcher = watch(address, line.strip(), headers)
        watchers[watcher.fileno()] = watcher, upgrades
    os.nice(NICE)
    print("ready", flush=True)
    drain(watchers)


def drain(watchers: dict[int, tuple[socket.socket, bool]]) -> None:
    """Take what comes until one of them ends."""
    ready = select.epoll()
    for number in watchers:
        ready.register(number, select.EPOLLIN)
    while True:
        for number, _ in ready.poll():
            watcher, upgraded = watchers[number]
            received = watcher.recv(64 * 1024)
            if not received:
                return
            for ping in PING.findall(received) if upgraded else ():
                watcher.send(PONG + ping)


if __name__ == "__main__":
    main()
