"""The command `storage-service` with the guard on: what tests start as a real server.

It ends with exit code 70 if a change was committed, or would have been, without its event.
"""

import sys

from service.cli import main
from tests.guard import Guard

UNGUARDED_CHANGE = 70


def run() -> None:
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
