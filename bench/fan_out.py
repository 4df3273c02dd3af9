"""From commit to client: our way beside the usual loop, in one interleaved run.

The usual loop is FastAPI with a queue for each client and ``await websocket.send_text``; it keeps
nothing, and encodes each event once, which is kind to it.  Ours writes every event to the log
before anybody hears of it.  Each server is a process of its own, the readers are this one.

Run: ``python -m bench.fan_out --clients 200 --rounds 3``.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 3
RATE: Final = 20
BURST: Final = 200
WARM_UP: Final = 10
MARK: Final = b"measured_event"


@dataclass
class Result:
    """What one server did in one round: milliseconds, and frames a second."""

    p50: float
    p99: float
    frames_per_second: float


class Reader(asyncio.Protocol):
    """A WebSocket client that only counts, so that the server is what is measured."""

    def __init__(self) -> None:
        self.count = 0
        self.times: list[float] = []
        self.ready = asyncio.Event()
        self.more = asyncio.Event()
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(
            b"GET /watch HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if b"Hello" in data:
            self.ready.set()
        data = self._tail + data
        self._tail = data[-len(MARK) + 1 :]
        count = data.count(MARK)
        self.count += count
        self.times += [now] * count
        if count:
            self.more.set()


async def measure(port: int, clients: int) -> Result:
    loop = asyncio.get_running_loop()
    readers = []
    for _ in range(clients):
        _, reader = await loop.create_connection(Reader, "127.0.0.1", port)
        readers.append(reader)
    for reader in readers:
        await reader.ready.wait()
    # What is measured is the stream: neither the handshakes before it nor what is done only once.
    await asyncio.to_thread(ask, port, f"steady?count={WARM_UP}")
    await until(readers, WARM_UP)
    for reader in readers:
        reader.count, reader.times = 0, []
    steady = SECONDS * RATE
    sent = await asyncio.to_thread(ask, port, f"steady?count={steady}")
    await until(readers, steady)
    delays = [
        (arrived - left) * 1000
        for reader in readers
        for left, arrived in zip(sent, reader.times[:steady], strict=True)
    ]
    began = await asyncio.to_thread(ask, port, f"burst?count={BURST}")
    await until(readers, steady + BURST)
    took = max(reader.times[-1] for reader in readers) - began[0]
    cuts = statistics.quantiles(delays, n=100)
    return Result(cuts[49], cuts[98], clients * BURST / took)


async def until(readers: list[Reader], count: int) -> None:
    async with asyncio.timeout(60):
        for reader in readers:
            while reader.count < count:
                reader.more.clear()
                await reader.more.wait()


def ask(port: int, what: str) -> list[float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{what}", timeout=60) as answer:
        return [float(line) for line in answer.read().split()]


def run_round(kind: str, clients: int) -> Result:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.fan_out_server", kind, str(port), folder]
        server = subprocess.Popen(command, cwd=Path(__file__).parent.parent)
        try:
            wait_for(server, port)
            return asyncio.run(measure(port, clients))
        finally:
            # The usual loop does not notice a shutdown.
            server.kill()
            server.wait(10)


def wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not start")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clients", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    results: dict[str, list[Result]] = {"ours": [], "usual": []}
    for _ in range(options.rounds):
        for kind, found in results.items():
            found.append(run_round(kind, options.clients))
    print(f"{options.clients} clients, medians of {options.rounds} interleaved rounds")
    report("p50 from commit to client at 20 events/s, ms", "p50", results)
    report("p99 from commit to client at 20 events/s, ms", "p99", results)
    report(f"frames a second, {BURST} events at once", "frames_per_second", results)


def report(title: str, name: str, results: dict[str, list[Result]]) -> None:
    ours, usual = (
        statistics.median(getattr(result, name) for result in results[kind])
        for kind in ("ours", "usual")
    )
    print(f"{title:48} ours {ours:10.2f}   usual {usual:10.2f}   ratio {ours / usual:6.2f}")


if __name__ == "__main__":
    main()
