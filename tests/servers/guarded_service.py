"""The command `storage-service` with the guard on: what tests start as a real server.

It ends with exit code 70 if a change was committed, or would have been, without its event.
"""

import signal
import sys

from service.cli import main
from tests.guard import Guard

UNGUARDED_CHANGE = 70


def run() -> None:
    # A shell has what it starts in the background ignore Ctrl-C, and so would we, tests and all.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    guard = Guard()
    guard.install()
    try:
        main()
    finally:
        if silent := guard.take():
            print("changed without an event:", *silent, sep="\n  ", file=sys.stderr)
            sys.exit(UNGUARDED_CHANGE)


if __name__ == "__main__":
    run()
