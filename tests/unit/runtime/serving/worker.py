"""A worker as small as it can be: ``python worker.py HOW NUMBER LINE FILE``."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from runtime.serving.workers import Line


async def work(how: str, number: int, line_file: int, file: Path) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    line = Line(line_file)
    line.watch()
    if how == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        loop.add_signal_handler(signal.SIGTERM, stop.set)
    with file.open("a") as record:
        record.write(f"{number} {os.getpid()}\n")
    if how == "ready but the second" and number == 2:
        sys.exit(3)
    line.ready()
    await stop.wait()
    if how == "sorry":
        sys.exit(4)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
