"""So many watchers of a service, half of them over each transport, which take whatever comes.

Started by ``bench.operations``.  They are another machine in real life: here they get the time that
nobody else wants.

Run: ``python -m bench.watchers http://127.0.0.1:9000``; reads their tokens, one a line, and says
``ready`` once all are served.
"""

from __future__ import annotations

import os
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
PING: Final = b"\x89\x04"
"""How a ping begins, and nothing else: all else is ASCII, but for what measures it."""
PONG: Final = b"\x8a\x84\0\0\0\0"
NICE: Final = 10


def watch(address: tuple[str, int], token: str, *, upgrade: bool) -> socket.socket:
    watcher = socket.create_connection(address, 30)
    watcher.sendall(
        b"GET /storage/monitor HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %b\r\n%b\r\n"
        % (token.encode(), UPGRADE if upgrade else b"")
    )
    received = b""
    while b"Hello" not in received:
        received += watcher.recv(4096)
    watcher.setblocking(False)
    return watcher


def main() -> None:
    [url] = sys.argv[1:]
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    address = urlsplit(url).hostname or "", urlsplit(url).port or 0
    watchers = {}
    for number, line in enumerate(sys.stdin):
        watcher = watch(address, line.strip(), upgrade=number % 2 == 0)
        watchers[watcher.fileno()] = watcher
    os.nice(NICE)
    print("ready", flush=True)
    drain(watchers)


def drain(watchers: dict[int, socket.socket]) -> None:
    """Take what comes until one of them ends."""
    ready = select.epoll()
    for number in watchers:
        ready.register(number, select.EPOLLIN)
    while True:
        for number, _ in ready.poll():
            received = watchers[number].recv(64 * 1024)
            if not received:
                return
            if (ping := received.find(PING)) >= 0:
                watchers[number].send(PONG + received[ping + len(PING) :][:4])


if __name__ == "__main__":
    main()
