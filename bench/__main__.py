"""``python -m bench``: every measurement, or those that are named."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

MEASUREMENTS: Final = (
    "generation",
    "operations",
    "fan_out",
    "counter_row",
    "million_packages",
    "plain_routes",
)


def main() -> None:
    wanted = sys.argv[1:] or MEASUREMENTS
    if strays := [name for name in wanted if name not in MEASUREMENTS]:
        sys.exit(f"bench: there is no {strays[0]}; there are {', '.join(MEASUREMENTS)}")
    for name in wanted:
        sys.argv = [f"bench.{name}"]
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
