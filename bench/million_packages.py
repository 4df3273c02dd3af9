"""The list of packages in a small table and in a large one: what grows with it, and what does not.

Per engine two databases, filled by the database itself.  Each query is what the service runs, on a
reading connection of its own kind; the rounds alternate between the two tables.

How to read it: ``rows`` is the time to read a first page of 20, and its ratio that of the large table
to the small one (1 is what an index in the order of the list is for); ``total`` is the time to count
all pages, ``search`` to look for a part of a name that no package has, ``far`` to read the page at
nine tenths of the table.  Milliseconds, medians.

Run: ``python -m bench.million_packages --packages 1000000 --rounds 15``.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, Final

from bench.counter_row import ENGINES, database
from generated.storage.models import AIPStatus
from runtime.database.engine import Database
from runtime.database.migrate import migrate
from service.migrations.schema import SCHEMA, SCRIPTS
from service.storage.aip_list import Wanted, page_query, total_query
from tests.many_packages import fill, moment

FEW: Final = 1_000
PAGE: Final = 20
SLOW_ROUNDS: Final = 3
"""How often what takes long is measured."""


def filters(packages: int) -> dict[str, Wanted]:
    """What a dashboard asks for; the times are in the middle of the table."""
    earliest, latest = moment(packages // 4), moment(packages // 2)
    return {
        "nothing": Wanted(),
        "status": Wanted(status=AIPStatus.STORED),
        "rare status": Wanted(status=AIPStatus.PENDING),
        "status and date": Wanted(status=AIPStatus.STORED, earliest=earliest, latest=latest),
        "date": Wanted(earliest=earliest, latest=latest),
    }


async def read_page(opened: Database, wanted: Wanted, offset: int = 0) -> None:
    async with opened.read() as session:
        rows = await session.scalars(page_query(wanted, limit=PAGE, offset=offset))
        rows.all()


async def count(opened: Database, wanted: Wanted) -> None:
    async with opened.read() as session:
        await session.scalar(total_query(wanted))


async def milliseconds(work: Coroutine[Any, Any, None]) -> float:
    begun = time.perf_counter()
    await work
    return (time.perf_counter() - begun) * 1000


async def measure(urls: dict[int, str], rounds: int) -> None:
    opened = {packages: await Database.open(url) for packages, url in urls.items()}
    few, many = opened
    for name in filters(few):
        times: dict[int, list[float]] = {few: [], many: []}
        for _ in range(rounds + 1):
            for packages, each in opened.items():
                wanted = filters(packages)[name]
                times[packages].append(await milliseconds(read_page(each, wanted)))
        small, large = (statistics.median(times[packages][1:]) for packages in (few, many))
        wanted = filters(many)[name]
        total = [await milliseconds(count(opened[many], wanted)) for _ in range(SLOW_ROUNDS)]
        print(
            f"  {name:16} rows {small:7.2f} {large:7.2f}   ratio {large / small:5.2f}"
            f"   total {statistics.median(total):8.1f}"
        )
    missing = Wanted(query="no package has this")
    for name, wanted, offset in (("search", missing, 0), ("far", Wanted(), many * 9 // 10)):
        found = [
            await milliseconds(read_page(opened[many], wanted, offset)) for _ in range(SLOW_ROUNDS)
        ]
        print(f"  {name:16} {statistics.median(found):8.1f}")
    for each in opened.values():
        await each.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    arguments.add_argument("--packages", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    print(f"the list at {FEW} and at {options.packages} packages, milliseconds")
    for engine in options.engines:
        with ExitStack() as stack:
            urls = {n: stack.enter_context(database(engine)) for n in (FEW, options.packages)}
            for packages, url in urls.items():
                asyncio.run(migrate(url, SCRIPTS, SCHEMA))
                asyncio.run(fill(url, packages))
            print(engine)
            asyncio.run(measure(urls, options.rounds))


if __name__ == "__main__":
    main()
